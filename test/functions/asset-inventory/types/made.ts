/** With what things are made on the local AWS, and in what they stand. The rows of made/ make one of each type. */
import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Seen } from '../../../../functions/asset-inventory/state/record.ts';
import { here } from './looked.ts';

/** What things stand in, and with what they are made. */
export interface Made {
  readonly vpc: string;
  readonly subnet: string;
  readonly otherSubnet: string;
  readonly group: string;
  client<C>(kind: new (config: object) => C, region?: string): C;
}

export interface MadeRow {
  readonly type: string;
  /** Makes one and tells what has to be found. */
  make(things: Made): Promise<Expected>;
  /** Actions that this AWS has not got: gaps of the asset. */
  readonly lacks?: readonly string[];
}

/** Members as they are, or what matches them. */
export type Expected = { readonly id: string } & { readonly [K in keyof Seen]?: unknown };

export async function made(): Promise<Made> {
  const clients = new Map<unknown, unknown>();
  const client: Made['client'] = (kind, region) => {
    const key = region === undefined ? kind : `${kind.name} ${region}`;
    if (!clients.has(key))
      clients.set(key, new kind({ requestHandler: here, ...(region !== undefined && { region }) }));
    return clients.get(key) as InstanceType<typeof kind>;
  };
  const ec2 = client(EC2Client);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const vpc = Vpc!.VpcId!;
  const subnetAt = async (CidrBlock: string, AvailabilityZone: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock, AvailabilityZone }))).Subnet!.SubnetId!;
  const subnet = await subnetAt('10.20.1.0/24', 'eu-west-1a');
  const otherSubnet = await subnetAt('10.20.2.0/24', 'eu-west-1b');
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: 'web', Description: 'web' }),
  );
  return { vpc, subnet, otherSubnet, group: GroupId!, client };
}

/** An ARN of the account and region that things are made in. */
export const arn = (service: string, resource: string, region = 'eu-west-1', account = '123456789012'): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
