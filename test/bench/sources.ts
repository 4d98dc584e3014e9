/** What is measured: a source, and the naive way to make the same documents. */
import { handler as cloudtrail } from '../../functions/cloudtrail/handler.ts';
import { handler as dns } from '../../functions/dns/handler.ts';
import { handler as flowlogs } from '../../functions/flowlogs/handler.ts';
import { handler as waf } from '../../functions/waf/handler.ts';
import type { Source } from '../../shared/model.ts';
import type { SourceOptions } from '../../shared/runtime/wiring.ts';
import { naive as naiveCloudtrail } from './cloudtrail.naive.ts';
import { naive as naiveDns } from './dns.naive.ts';
import { naive as naiveFlowlogs } from './flowlogs.naive.ts';
import { naive as naiveWaf } from './waf.naive.ts';

export interface Measured {
  readonly source: (options: SourceOptions) => Source<unknown>;
  /** Calls `send` with each body. Returns how many documents there were. */
  readonly naive: (object: Buffer, send: (body: string) => void) => number;
}

export const MEASURED: Readonly<Record<string, Measured>> = {
  flowlogs: { source: flowlogs.make, naive: naiveFlowlogs },
  cloudtrail: { source: cloudtrail.make, naive: naiveCloudtrail },
  waf: { source: waf.make, naive: naiveWaf },
  dns: { source: dns.make, naive: naiveDns },
};
