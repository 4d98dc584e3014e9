import { describe, expect, test } from '@jest/globals';
import { placeOf } from '../../../functions/integrity/digest.ts';
import { type Fault, type Kind, recordOf } from '../../../functions/integrity/fault.ts';
import { integrity } from '../../../functions/integrity/source.ts';
import { ConfigError, DecodeError } from '../../../shared/errors.ts';
import type { Facts } from '../../../shared/model.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Text } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';

const AT = Date.parse('2026-11-24T14:10:00Z');
const END = Date.parse('2026-11-24T13:05:31Z');
const HOUR = 3_600_000;
const OWNER = 'AWSLogs/123456789012';
const digest = `${OWNER}/CloudTrail-Digest/eu-west-1/2026/11/24/123456789012_CloudTrail-Digest_eu-west-1_main_us-east-1_20261124T130531Z.json.gz`;
const logFile = `${OWNER}/CloudTrail/eu-west-1/2026/11/24/123456789012_CloudTrail_eu-west-1_20261124T1240Z_9nYN7gp2eWAJHIfT.json.gz`;
const by = placeOf(digest)!;
const time = { start: END - HOUR, end: END };
const hash = (digit: string) => digit.repeat(64);

const SAMPLES: Readonly<Record<Kind, Omit<Fault, 'kind' | 'bucket' | 'by'>>> = {
  'log-file-missing': { key: logFile, reason: 'a digest names it', expected: hash('1') },
  'log-file-altered': { key: logFile, reason: 'its content is not …', expected: hash('1'), found: hash('2') },
  'digest-missing': { key: digest.replace('T13', 'T12'), reason: 'the digest behind it names it', ...time },
  'digest-altered': { key: digest, reason: 'content and signature do not fit' },
  'digest-unsigned': { key: digest, reason: 'its metadata holds no signature' },
  'digest-late': { key: digest, reason: 'none has come since', start: END },
  'chain-broken': { key: digest, reason: 'hash or signature …', expected: hash('1'), found: hash('2') },
  'chain-restarted': { key: digest, reason: 'logging or the validation of its files was off', ...time },
  'chain-gap': { key: digest, reason: 'it begins …', ...time },
};

function write(record: string): { doc: Record<string, unknown>; facts: Facts } {
  const bytes = Buffer.from(record);
  const doc = new Text(1024);
  const facts = blank();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  integrity({ route: [] }).write(
    { bytes, view, start: 0, end: bytes.length },
    { uri: 's3://logs/x', seq: 1 },
    doc,
    facts,
  );
  return { doc: JSON.parse(Buffer.from(doc.slice()).toString()), facts };
}

const all = Object.entries(SAMPLES).map(([kind, fault]) => ({ ...fault, kind: kind as Kind, bucket: 'logs', by }));

test.each(all)('an event of $kind is valid ECS', (fault) => {
  const { doc } = write(recordOf(fault, AT));
  expect(ecsFaults(doc)).toEqual([]);
  expect(doc).toMatchObject({ event: { kind: 'alert', outcome: 'failure', action: fault.kind, reason: fault.reason } });
});

test('events become the golden documents', () => {
  expectGolden(
    'integrity',
    all.map((fault) => JSON.stringify(write(recordOf(fault, AT)).doc)),
  );
});

describe('the same fault', () => {
  test('has the same id and time whenever it is found', () => {
    const [once, again] = [AT, AT + HOUR].map((at) => write(recordOf(all[1], at)).facts);
    expect(once).toEqual(again);
    expect(once).toMatchObject({
      id: `log-file-altered s3://logs/${logFile}`,
      time: END,
      severity: 'high',
      account: '123456789012',
      region: 'eu-west-1',
    });
  });

  test('is no other one of the same object', () => {
    const ids = all.map((fault) => write(recordOf(fault, AT)).facts.id);
    expect(new Set(ids).size).toBe(all.length);
  });
});

test('what is not an event is refused', () => {
  expect(() => write('{"id":"x"}')).toThrow(DecodeError);
});

test('rows that cannot be are refused at the start', () => {
  expect(() => integrity({ route: [], fields: [['event.risk', 'severity', 'unheard-of']] })).toThrow(ConfigError);
});
