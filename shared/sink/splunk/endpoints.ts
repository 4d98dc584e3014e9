/** Several HEC endpoints, used in turn. */
import { ConfigError } from '../../errors.ts';
import { isSecure } from '../delivery/secure.ts';
import type { Acks } from './acks.ts';

export interface Endpoint {
  /** Of events. */
  readonly url: URL;
  /** Absent: an answer is enough. */
  readonly acks: Acks | undefined;
  /** Epoch milliseconds. */
  downUntil: number;
}

const PATH = '/services/collector/event';
/** An endpoint that failed is skipped for so long while others are there. */
const DOWN_MS = 30_000;

export function markDown(endpoint: Endpoint): void {
  endpoint.downUntil = Date.now() + DOWN_MS;
}

/** Hands out the endpoints in turn and skips those that are down, unless all are. Throws ConfigError. */
export function rotation(addresses: readonly string[], acksOf: (url: URL) => Acks | undefined): () => Endpoint {
  const endpoints: readonly Endpoint[] = addresses.map((address) => {
    const url = collector(address);
    return { url, acks: acksOf(url), downUntil: 0 };
  });
  let turn = 0;
  return () => {
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[turn++ % endpoints.length];
      if (endpoint.downUntil <= Date.now()) return endpoint;
    }
    return endpoints[turn++ % endpoints.length];
  };
}

function collector(address: string): URL {
  const base = URL.parse(address);
  if (base === null || !isSecure(base)) {
    throw new ConfigError('a HEC endpoint looks like https://host:8088', { endpoint: address });
  }
  return new URL(base.pathname.replace(/\/*$/, PATH), base);
}
