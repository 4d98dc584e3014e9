/** The demo on a local AWS: the project's own stack, deployed, with a real OpenSearch and a strict HEC receiver behind it. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from '@opensearch-project/opensearch';
import type { SourceName } from '../../shared/sources.ts';
import { type Aws, type AwsOptions, deploy, drained, request, startAws } from '../../test/rig/aws/aws.ts';
import { selfSigned } from '../../test/rig/hec/certificate.ts';
import { type Hec, startHec } from '../../test/rig/hec/hec.ts';
import { type Node, startOpenSearch } from '../../test/rig/opensearch/opensearch.ts';
import type { Python } from '../../test/rig/python.ts';
import type { Answer } from '../page/answers.ts';
import { access, people } from './access.ts';
import { countsIn, type Envelope, type FindingEvent, found, type LogObject, type Stage } from './stage.ts';

type Say = (line: string) => void;

const RETRY_SECONDS = 2; // nobody watches for half an hour
const TOKEN = 'demo-token';
/** Sources that Splunk gets only on demand. */
const TO_BOTH: readonly SourceName[] = ['flowlogs', 'cloudtrail', 'dns', 's3access'];

type Receiver = Pick<Hec, 'url' | 'events' | 'stop'> & { readonly caFile?: string };

/** Where the collectors send to. `stop` removes what was started. */
export interface Destinations {
  readonly node: Pick<Node, 'url' | 'username' | 'password' | 'caFile' | 'stop'>;
  readonly hec: Receiver;
}

/** The stack with everything around it, running. */
export interface Stack {
  readonly aws: Aws;
  readonly node: Destinations['node'];
  readonly opensearch: Client;
  readonly hec: Receiver;
  readonly outputs: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface DeployedOptions {
  /** Puts a proxy in front of a destination and returns its address. Default: no proxy. */
  readonly before?: (destination: Destinations['node'] | Receiver) => Promise<string>;
  /** Starts the destinations. Default: on this machine, `ownDestinations`. */
  readonly destinations?: (token: string) => Promise<Destinations | { skipped: string }>;
  readonly aws?: Pick<AwsOptions, 'concurrency' | 'environment' | 'hasImages' | 'visibilitySeconds'>;
  readonly params?: Readonly<Record<string, string>>;
}

/** `skipped` says what is missing for OpenSearch. */
export async function deployed(
  { python }: Python,
  say: Say,
  { before = async ({ url }) => url, aws: options, params, destinations }: DeployedOptions = {},
): Promise<Stack | { skipped: string }> {
  say('starting OpenSearch and the local AWS');
  const given = await destinations?.(TOKEN);
  const [to, aws] = await Promise.all([
    given ?? ownDestinations(say),
    startAws({ python, visibilitySeconds: RETRY_SECONDS, ...options }),
  ]);
  if ('skipped' in to) {
    await aws.stop();
    return to;
  }
  const { node, hec } = to;
  const stop = async () => {
    await Promise.all([hec.stop(), aws.stop(), node.stop()]);
  };
  try {
    say('deploying the stack');
    const addresses = { opensearchUrl: await before(node), splunkHecUrl: await before(hec) };
    const outputs = await deploy(aws, {
      stage: 'demo',
      params: { ...(await parameters(aws, to)), ...addresses, ...params },
    });
    return { aws, node, opensearch: await client(node), hec, outputs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ownDestinations(progress: Say): Promise<Destinations | { skipped: string }> {
  const node = await startOpenSearch({ progress });
  if ('skipped' in node) return node;
  return { node, hec: await startHec({ token: TOKEN, tls: selfSigned() }) };
}

async function parameters(aws: Aws, { node, hec }: Destinations): Promise<Record<string, string>> {
  const { username, password } = node;
  const collector = await people(node);
  return {
    opensearchAuth: 'basic',
    opensearchSecretArn: await secret(aws, 'opensearch', JSON.stringify(collector)),
    opensearchBootstrapSecretArn: await secret(aws, 'opensearch-admin', JSON.stringify({ username, password })),
    opensearchCaFile: node.caFile,
    splunkCaFile: hec.caFile ?? '',
    splunkHecSecretArn: await secret(aws, 'splunk-hec', TOKEN),
    ...Object.fromEntries(TO_BOTH.map((source) => [`${source}Route`, 'opensearch,splunk'])),
  };
}

async function secret(aws: Aws, name: string, value: string): Promise<string> {
  const target = 'secretsmanager.CreateSecret';
  const { ARN } = await request<{ ARN: string }>(aws, 'secretsmanager', target, { Name: name, SecretString: value });
  return ARN;
}

async function client({ url, username, password, caFile }: Destinations['node']): Promise<Client> {
  return new Client({ node: url, auth: { username, password }, ssl: { ca: await readFile(caFile, 'utf8') } });
}

export function stage({ aws, node, opensearch, hec, outputs, stop }: Stack): Stage {
  const s3 = new S3Client({
    endpoint: aws.url,
    region: aws.env.AWS_REGION,
    credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
  });
  const { username, password, url } = node;
  const Bucket = outputs.LogBucketName;
  // in the inventory's own one the watch over its last run waits for hours
  const queues = Object.entries(outputs).flatMap(([name, value]) =>
    name.endsWith('QueueUrl') && name !== 'AssetInventoryQueueUrl' ? [value] : [],
  );

  return {
    leftOut: [],
    async play(objects: readonly LogObject[], events: readonly FindingEvent[]) {
      for (const { source, key, body } of objects) {
        await s3.send(new PutObjectCommand({ Bucket, Key: `${found(source).prefix}${key}`, Body: body }));
      }
      for (const { event } of events) await putEvent(aws, event);
      await drained(aws, ...queues);
      await opensearch.indices.refresh();
    },
    counts: async () => countsIn(await readFile(aws.logFile, 'utf8')),
    async arrived(source) {
      const { index, dataset, sourcetypes } = found(source);
      const query = dataset === undefined ? { match_all: {} } : { term: { 'event.dataset': dataset } };
      const { body } = await opensearch.search({ index, body: { query, size: 1, track_total_hits: true } });
      const { total, hits } = body.hits;
      const events = hec.events().filter((event) => sourcetypes.includes(event.sourcetype ?? ''));
      const rejects = await quarantined(s3, outputs.QuarantineBucketName);
      return {
        opensearch: typeof total === 'object' ? total.value : (total ?? 0),
        splunk: events.length,
        quarantined: rejects.filter((reject) => reject.source === source).length,
        samples: { opensearch: hits[0], splunk: events[0] },
      };
    },
    async joined() {
      const query = { exists: { field: 'source.asset.id' } };
      const { body } = await opensearch.search({ index: found('flowlogs').index, body: { query, size: 1 } });
      return body.hits.hits[0];
    },
    async search(index, body) {
      const asked = { index, ignore_unavailable: true, allow_no_indices: true, body };
      return (await opensearch.search(asked)).body as unknown as Answer;
    },
    access: () => access(node),
    hints: [
      `OpenSearch   curl --cacert ${node.caFile} -u ${username}:${password} '${url}/_cat/indices?v'`,
      `a flow log   curl -T <file> '${aws.url}/${Bucket}/flowlogs/AWSLogs/123456789012/vpcflowlogs/ap-northeast-2/2026/11/24/my.log.gz'`,
      `found by     curl --cacert ${node.caFile} -u ${username}:${password} '${url}/aws-flowlogs-*/_search?size=1&pretty'`,
      `logs         ${aws.logFile}`,
    ],
    stop,
  };
}

async function putEvent(aws: Aws, event: Envelope): Promise<void> {
  const { source, detail, time, resources = [] } = event;
  const entry = {
    Source: source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(detail),
    Time: Date.parse(time) / 1000,
    Resources: resources,
  };
  const { FailedEntryCount } = await request<{ FailedEntryCount: number }>(aws, 'events', 'AWSEvents.PutEvents', {
    Entries: [entry],
  });
  if (FailedEntryCount > 0) throw new Error('EventBridge did not take an event');
}

/** The contents of the quarantine bucket. */
async function quarantined(s3: S3Client, Bucket: string): Promise<{ source: string }[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const rejects = Contents.filter(({ Key = '' }) => /^\d{4}\//.test(Key)); // beside them lie the ledger and states
  const files = await Promise.all(
    rejects.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const bytes = Buffer.from(await Body!.transformToByteArray());
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
    }),
  );
  return files.flatMap((file) => file.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])));
}
