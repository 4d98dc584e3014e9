/** 61 findings of Prowler in the Security Hub of a local AWS, asked for twice: a real node and a strict HEC get each once. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { onOpenSearch, putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { knownIn } from '../../functions/securityhub/known.ts';
import { round } from '../../functions/securityhub/reconcile.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Log } from '../../shared/model.ts';
import { collect, type Outcome } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { FINDINGS } from '../../shared/sources.ts';
import type { Aws } from '../rig/aws/aws.ts';
import { onAws } from '../rig/aws/suite.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { type Node, startOpenSearch } from '../rig/opensearch/opensearch.ts';

const PROWLER = new URL('../../../shared/data/prowler/s3-iam-cloudtrail.asff.json.gz', import.meta.url);
const TOKEN = '11111111-2222-4333-8444-555555555555';
const { signal } = new AbortController();

interface Finding {
  readonly Id: string;
  readonly UpdatedAt: string;
}

/** Of a run that ended an hour ago. */
function findings(): Finding[] {
  const UpdatedAt = new Date(Math.floor(Date.now() / 1000 - 3600) * 1000).toISOString().replace('.000Z', 'Z');
  const all: Finding[] = JSON.parse(gunzipSync(readFileSync(PROWLER)).toString());
  return all.map((finding) => ({ ...finding, UpdatedAt }));
}

const node = existsSync(PROWLER) ? await startOpenSearch() : { skipped: "Prowler's findings are not on this machine" };
if ('skipped' in node) test.skip(`skipped: ${node.skipped}`, () => {});
else await onAws('the reconciliation', {}, (aws) => suite(aws, node));

function suite(aws: Aws, node: Node): void {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const source = securityhub({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const keys = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const credentials = async () => keys;
  const { AWS_REGION: region } = aws.env;
  const s3 = new S3Client({ endpoint: aws.url, region, credentials: keys, forcePathStyle: true });
  const quiet: Log = { info() {}, warn() {}, error() {} };
  let hec: Hec;

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    hec = await startHec({ token: TOKEN });
    const LocationConstraint = region as 'eu-west-1';
    await s3.send(new CreateBucketCommand({ Bucket: 'quarantine', CreateBucketConfiguration: { LocationConstraint } }));
  });
  afterAll(async () => {
    s3.destroy();
    await Promise.all([hec.stop(), node.stop()]);
  });

  async function imported(all: readonly Finding[]): Promise<void> {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/securityhub/aws4_request`;
    const response = await fetch(`${aws.url}/findings/import`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ Findings: all }),
    });
    expect(await response.json()).toMatchObject({ FailedCount: 0, SuccessCount: all.length });
  }

  async function tick(): Promise<Outcome> {
    const { poll, keep } = round({
      hub: { credentials, endpoint: aws.url },
      s3,
      source,
      known: knownIn(access, FINDINGS, quiet),
      log: quiet,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    const state = { bucket: 'quarantine', key: 'state/securityhub.json' };
    const item = { id: 'tick', bodies: () => poll({ account: '123456789012', region, state }, signal) };
    const [outcome] = await collect(source, [item], {
      sinks: [
        opensearch({ ...access, index: FINDINGS }),
        splunk({ endpoints: [hec.url], token: async () => TOKEN, ...source.splunk }),
      ],
      quarantine: { put: ({ reason }) => expect(reason).toBe(''), flush: async () => {} },
      log: quiet,
      metrics: { add() {}, flush() {} },
      signal,
    });
    expect(outcome.error).toBeUndefined();
    await keep(signal);
    await ask('POST', '/aws-findings-*/_refresh');
    return outcome;
  }

  const count = async (index: string) => ((await ask('GET', `/${index}/_count`)) as { count: number }).count;

  test('brings 61 findings once, however often it is done', async () => {
    const all = findings();
    expect(all).toHaveLength(61);
    await imported(all);
    expect(await tick()).toMatchObject({ read: 61, counts: { opensearch: { sent: 61 }, splunk: { sent: 61 } } });
    expect(await tick()).toMatchObject({ read: 0, counts: { opensearch: { sent: 0 }, splunk: { sent: 0 } } });
    expect(await count('aws-findings-history-*')).toBe(61);
    expect(await count('aws-findings-current')).toBe(61);
    expect(new Set(hec.events().map(({ fields }) => fields?.finding_uid))).toEqual(new Set(all.map(({ Id }) => Id)));
    expect(hec.events()).toHaveLength(61);
  });

  test('brings a new state of one of them alone', async () => {
    const [first] = findings();
    const UpdatedAt = new Date(Date.now() - 1_800_000).toISOString();
    await imported([{ ...first, UpdatedAt }]);
    expect(await tick()).toMatchObject({ read: 1, counts: { opensearch: { sent: 1 }, splunk: { sent: 1 } } });
    expect(await count('aws-findings-history-*')).toBe(62);
    expect(await count('aws-findings-current')).toBe(61);
  });
}
