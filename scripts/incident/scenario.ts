/**
 * The cast of the made-up incident: three accounts of one company, its hosts, the outsiders. Attackers have documentation
 * addresses (RFC 5737, RFC 3849), which belong to nobody; customers are public resolvers, whose places are known.
 */

export const REGION = 'ap-northeast-2';

export const ACCOUNTS = { shop: '123456789012', data: '111122223333', network: '444455556666' } as const;

export interface Host {
  readonly name: string;
  readonly account: string;
  readonly instance: string;
  readonly eni: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly zone: string;
  readonly ip: string;
  readonly ipv6?: string;
  readonly publicIp?: string;
}

const SHOP = { account: ACCOUNTS.shop, vpc: 'vpc-0a5b0c5d0e5f01234' };

export const web: Host = {
  ...SHOP,
  name: 'web-1',
  instance: 'i-0d5e1a2b3c4d5e6f7',
  eni: 'eni-0a1b2c3d4e5f60001',
  subnet: 'subnet-0a1b2c3d4e5f60001',
  zone: 'apne2-az1',
  ip: '10.20.1.17',
  ipv6: '2001:db8:20:1::17',
  publicIp: '198.51.100.80',
};

export const bastion: Host = {
  ...SHOP,
  name: 'bastion-1',
  instance: 'i-0b457104b457104b4',
  eni: 'eni-0a1b2c3d4e5f60002',
  subnet: 'subnet-0a1b2c3d4e5f60002',
  zone: 'apne2-az3',
  ip: '10.20.2.9',
  publicIp: '198.51.100.90',
};

export const database: Host = {
  account: ACCOUNTS.data,
  name: 'orders-db',
  vpc: 'vpc-0b6c0d6e0f6001234',
  instance: 'i-0dbdbdbdbdbdbdbd1',
  eni: 'eni-0b1c2d3e4f5060001',
  subnet: 'subnet-0b1c2d3e4f5060001',
  zone: 'apne2-az2',
  ip: '10.30.4.40',
};

/** Interfaces without traffic. */
export const idle: readonly Host[] = [3, 4, 5].map((n) => ({
  ...SHOP,
  name: `spare-${n}`,
  instance: `i-0aaaaaaaaaaaaaaa${n}`,
  eni: `eni-0a1b2c3d4e5f6000${n}`,
  subnet: 'subnet-0a1b2c3d4e5f60001',
  zone: 'apne2-az1',
  ip: `10.20.1.${30 + n}`,
}));

export const TRANSIT = {
  gateway: 'tgw-0c7d0e7f007101234',
  shop: 'tgw-attach-0c1d2e3f405160001',
  data: 'tgw-attach-0c1d2e3f405160002',
} as const;

export const SCANNER = '203.0.113.66';
export const GUESSER = '198.51.100.23';
export const COMMANDER = '203.0.113.99';
export const DROP = '192.0.2.200';
export const DROP_IPV6 = '2001:db8:bad::200';

export const CUSTOMERS: readonly string[] = [
  '8.8.8.8',
  '1.1.1.1',
  '9.9.9.9',
  '168.126.63.1',
  '208.67.222.222',
  '77.88.8.8',
  '114.114.114.114',
  '101.101.101.101',
];
export const CUSTOMERS_IPV6: readonly string[] = ['2001:4860:4860::8888', '2606:4700:4700::1111', '2620:fe::fe'];

/** The bucket with the exports of orders. */
export const EXPORTS = 'orders-exports';

/** Seconds from the story's first moment; it lasts an hour. */
export const ACTS = { scan: 300, guess: 720, entry: 1560, shell: 1620, spread: 1920, theft: 2700, end: 3600 } as const;
