/** One look at one type, through the engine, as a unit of work does it. */
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createApiClient } from '../../../../functions/asset-inventory/discovery/apiclient.ts';
import type { Declaration } from '../../../../functions/asset-inventory/discovery/declaration.ts';
import { rateLimit } from '../../../../functions/asset-inventory/discovery/ratelimit.ts';
import { allDeclarations } from '../../../../functions/asset-inventory/discovery/registry.ts';
import { listUnit } from '../../../../functions/asset-inventory/discovery/unit.ts';
import { keys, type PartLine, type Row } from '../../../../functions/asset-inventory/run/model.ts';
import { store } from '../../../../functions/asset-inventory/run/store.ts';
import type { Seen } from '../../../../functions/asset-inventory/state/record.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

/** What every id looks like, those as well that are made up. */
export const ARN = /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\d*:\S/;

const own = { accessKeyId: 'testing', secretAccessKey: 'testing' };

export interface Looked {
  readonly row: Row;
  readonly seen: readonly Seen[];
  /** Ids of what AWS answers when it is asked for one; undefined: the type can't be asked so. */
  find(nativeId: string): Promise<readonly (string | undefined)[] | undefined>;
}

export interface UnitPosition {
  /** Where the parts are kept: an S3 with the bucket. */
  readonly store: string;
  readonly bucket: string;
}

/** Names of hosts that begin with an account don't resolve on this machine: whatever the host, it is this one. */
const http = new NodeHttpHandler();
export const here: Pick<NodeHttpHandler, 'handle'> = {
  handle(request, options) {
    request.hostname = '127.0.0.1';
    return http.handle(request, options);
  },
};

const types = new Map((await allDeclarations()).map((each) => [each.type, each]));

export const declarationOf = (type: string): Declaration => {
  const found = types.get(type);
  if (found === undefined) throw new Error(`${type} is not declared`);
  return found;
};

let runs = 0;

/** Clients go where AWS_ENDPOINT_URL says. */
export async function looked(type: string, { store: endpoint, bucket }: UnitPosition): Promise<Looked> {
  const declaration = declarationOf(type);
  const isGlobal = declaration.scope === 'global';
  const region = isGlobal ? 'us-east-1' : REGION;
  const { signal } = new AbortController();
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials: own, forcePathStyle: true });
  const config = {
    credentials: async () => own,
    maxAttempts: 1,
    customUserAgent: 'test',
    requestHandler: here,
  };
  const at = createApiClient({
    partition: 'aws',
    account: ACCOUNT,
    region,
    config,
    limit: rateLimit(),
    signal,
    baseMs: 1,
  });
  const place = store(s3, bucket, signal);
  const run = `run-${++runs}`;
  const unit = { account: ACCOUNT, region, pack: isGlobal ? 'identity' : declaration.pack } as const;
  const context = { store: place, declarations: [declaration], api: at, isOver: () => false, now: () => 0 };
  await listUnit({ run, unit, part: 0, cursor: undefined }, context);
  const lines = (await place.lines<PartLine>(keys.part(run, unit, 0))) ?? [];
  s3.destroy();
  return {
    seen: lines.flatMap((line) => ('seen' in line ? [line.seen] : [])),
    row: lines.flatMap((line) => ('row' in line ? [line.row] : []))[0],
    find: async (nativeId) =>
      (await declaration.find?.(at, nativeId))?.map((record) => declaration.asset(record, at)?.id),
  };
}
