import { describe, expect, test } from '@jest/globals';
import { alertBodies } from '../../../functions/alerts/bodies.ts';
import { alerts } from '../../../functions/alerts/source.ts';
import { ConfigError, ReadError } from '../../../shared/errors.ts';
import type { Body } from '../../../shared/model.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, allWritten, readAll, samplesOf } from '../../source.ts';

const [[, sample]] = samplesOf('alerts');
const [first, second] = sample.toString().trim().split('\n');
const source = () => alerts({ route: ['opensearch'] });
const { signal } = new AbortController();

const others = async function* (): AsyncGenerator<Body> {
  yield { uri: 's3://logs/other', chunks: (async function* () {})() };
};
const inSns = (message: unknown) =>
  JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:…', Message: JSON.stringify(message) });

async function linesOf(message: unknown): Promise<readonly (readonly [uri: string, lines: readonly string[]])[]> {
  const found: [string, string[]][] = [];
  for await (const { uri, chunks } of alertBodies(others)(message, signal)) {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk as Uint8Array);
    found.push([uri, Buffer.concat(parts).toString().split('\n').filter(Boolean)]);
  }
  return found;
}

describe('an alert', () => {
  test('becomes the golden document, which is valid ECS', async () => {
    const written = await allWritten(source(), sample);
    expectGolden(
      'alerts',
      written.map(({ line }) => line),
    );
    for (const { document } of written) expect(ecsFaults(document)).toEqual([]);
  });

  test('that comes again has the same id and time; another one of the same key has another id', async () => {
    const later = { ...(JSON.parse(first) as Any), start: '1795531500000' };
    const facts = (await readAll(source(), [first, first, JSON.stringify(later)].join('\n'))).facts;
    expect(facts[1]).toEqual(facts[0]);
    expect(facts[2].id).not.toBe(facts[0].id);
  });

  test('names the documents that it shows, and whose asset it is', async () => {
    const [{ document, facts }] = await allWritten(source(), second);
    expect(document.aws.alerts.documents).toEqual(['aws-flowlogs-2026.11.24/f-1', 'aws-flowlogs-2026.11.24/f-2']);
    expect(document.asset).toMatchObject({ owner: 'shop' });
    expect(document.related.ip).toEqual(['198.51.100.4', '198.51.100.5', '10.0.0.5']);
    expect(facts).toMatchObject({ severity: 'critical', account: '123456789012' });
  });

  test('without a detection or a time is a reject', async () => {
    const { rejects } = await readAll(source(), '{"start":"1795527900000"}\n{"detection":{"name":"a"},"start":""}\n');
    expect(rejects).toEqual(['1: the alert has no detection or no time', '2: the alert has no detection or no time']);
  });
});

describe('a message', () => {
  const message = {
    detection: { name: 'root_use' },
    monitor: 'm',
    alerts: [{ id: '1', samples: [{ a: 1 }, null] }, null],
  };

  test('of SNS has a line for each alert', async () => {
    const line = '{"detection":{"name":"root_use"},"monitor":"m","id":"1","samples":[{"a":1}]}';
    expect(await linesOf(inSns(message))).toEqual([['alert:root_use', [line]]]);
    expect(await linesOf(message)).toEqual([['alert:root_use', [line]]]);
  });

  test('without an alert is read again, and waits with the dead letters at last', async () => {
    await expect(linesOf(inSns({ ...message, alerts: [null] }))).rejects.toThrow(ReadError);
  });

  test('of another kind is an announcement of objects, such as of a replay', async () => {
    expect(await linesOf({ Records: [] })).toEqual([['s3://logs/other', []]]);
  });
});

test('rows that cannot be are refused at the start', () => {
  expect(() => alerts({ route: [], fields: [['event.risk', 'severity', 'unheard-of']] })).toThrow(ConfigError);
});
