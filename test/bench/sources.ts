/** What is measured: a source, and the naive way to make the same documents. */
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { dns } from '../../functions/dns/source.ts';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { waf } from '../../functions/waf/source.ts';
import type { Assets } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import type { SinkName, Source } from '../../shared/model.ts';
import { naive as naiveCloudtrail } from './cloudtrail.naive.ts';
import { naive as naiveDns } from './dns.naive.ts';
import { naive as naiveFlowlogs } from './flowlogs.naive.ts';
import { naive as naiveWaf } from './waf.naive.ts';

export interface Measured {
  readonly source: (options: {
    readonly geo: Geo;
    readonly assets?: Assets | undefined;
    readonly route: readonly SinkName[];
  }) => Source<unknown>;
  /** Calls `send` with each body. Returns how many documents there were. */
  readonly naive: (object: Buffer, send: (body: string) => void) => number;
}

export const MEASURED: Readonly<Record<string, Measured>> = {
  flowlogs: { source: flowlogs, naive: naiveFlowlogs },
  cloudtrail: { source: cloudtrail, naive: naiveCloudtrail },
  waf: { source: waf, naive: naiveWaf },
  dns: { source: dns, naive: naiveDns },
};
