/** A Splunk with a search head that can reach a real OpenSearch: everything a test of the commands needs. */
import { afterAll, beforeAll } from '@jest/globals';
import { prepare } from '../../../../scripts/detections/proof/node.ts';
import type { Node } from '../../../rig/opensearch/opensearch.ts';
import { type Result, type Running, run, type Search, start } from './chunked.ts';
import type { SplunkPython } from './python.ts';
import { index, type Rest, rest } from './rest.ts';
import { SESSION_KEY, type Splunkd, startSplunkd } from './splunkd.ts';

export interface Site {
  readonly ask: Rest;
  readonly splunkd: () => Splunkd;
  /** Runs `| elasticsearch …` or another command to its end. */
  search(args: readonly string[], more?: Partial<Search>): Promise<Result>;
  start(args: readonly string[], more?: Partial<Search>): Promise<Running>;
  index(documents: Parameters<typeof index>[1]): Promise<void>;
}

/** The connection `main` leads to the node as its admin. To be called within a suite. */
export function site(node: Node, { python }: SplunkPython): Site {
  const ask = rest(node);
  let splunkd: Splunkd;
  beforeAll(async () => {
    splunkd = await startSplunkd();
    splunkd.connections.set('main', { url: node.url, auth: 'basic', username: node.username, ca_file: node.caFile });
    splunkd.secrets.set('main', node.password);
    await prepare(ask);
  });
  afterAll(() => splunkd.stop());
  const asked = (args: readonly string[], more: Partial<Search> = {}): Search => ({
    python,
    args,
    splunkd: splunkd.uri,
    sessionKey: SESSION_KEY,
    ...more,
  });
  return {
    ask,
    splunkd: () => splunkd,
    search: (args, more) => run(asked(args, more)),
    start: (args, more) => start(asked(args, more)),
    index: (documents) => index(ask, documents),
  };
}
