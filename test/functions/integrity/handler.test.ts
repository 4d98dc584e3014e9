import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ecsFaults } from '../../ecs.ts';
import { type Sent, type Stage, stage } from './stage.ts';
import { chain, type Digest, type Hour, hour, sha256, signer, type Trail } from './trail.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const FIRST = Date.parse('2026-11-23T12:05:31Z');
const key = signer();
const main: Trail = { signer: key };
const ends = (hours: readonly Hour[]): number => FIRST + (hours.length - 1) * HOUR;

let aws: Stage;
beforeAll(async () => {
  aws = await stage();
  aws.trust(signer()); // of another month
  aws.trust(key);
});
afterEach(() => aws.clear());
afterAll(() => aws.stop());

/** A run a few minutes after the last of these hours, and what came of it. */
async function runAfter(hours: readonly Hour[], minutes = 10): Promise<Sent> {
  await aws.run(ends(hours) + minutes * MINUTE);
  return aws.sent();
}
const kinds = ({ docs }: Sent): string[] => docs.map(({ source }) => source.event.action).sort();
const altered = (content = '{"Records":[]}') => gzipSync(content);

test('24 chained digests, one file withheld, one altered, one link broken: three events in both sinks', async () => {
  const hours = chain(main, FIRST, 11);
  const forged = { previousDigestHashValue: sha256('another one') };
  hours.push(hour(main, FIRST + 11 * HOUR, hours[10].digest, forged));
  for (let n = 12; n < 24; n++) hours.push(hour(main, FIRST + n * HOUR, hours[n - 1].digest));
  aws.put(...hours);
  const [withheld, changed] = [hours[4].logFiles[1].key, hours[7].logFiles[0].key];
  aws.s3.objects.delete(`logs/${withheld}`);
  aws.store({ key: changed, bytes: altered() });

  const sent = await runAfter(hours);
  const ids = [`chain-broken s3://logs/${hours[11].digest.key}`, `log-file-altered s3://logs/${changed}`];
  ids.push(`log-file-missing s3://logs/${withheld}`);
  expect(sent.docs.map(({ _id }) => _id).sort()).toEqual(ids);
  expect(sent.hec.map(({ fields }) => fields.event_id).sort()).toEqual(ids);
  expect(sent.hec.map(({ fields }) => fields.severity)).toEqual(['high', 'high', 'high']);
  expect(sent.docs.map(({ _index }) => _index)).toEqual(Array(3).fill('aws-integrity-2026.11'));
  expect(sent.docs.flatMap(({ source }) => ecsFaults(source))).toEqual([]);
});

test('a clean chain makes no events, and it is reported how much was verified', async () => {
  const hours = chain(main, FIRST, 24);
  aws.put(...hours);
  expect(await runAfter(hours)).toEqual({ docs: [], hec: [] });
  const lines = aws.logged();
  const verified = { level: 'info', message: 'digests verified', folders: 1, digests: 24, logFiles: 48 };
  expect(lines).toContainEqual(expect.objectContaining({ ...verified, faults: 0, failed: 0 }));
  expect(lines).toContainEqual(expect.objectContaining({ Source: 'integrity', Digests: 24, LogFiles: 48 }));
});

describe('each fault alone is one event', () => {
  /** A day of digests, the middle one made from what the others are; then what a run finds. */
  async function found(spoil: (hours: readonly Hour[]) => void): Promise<Sent> {
    const hours = chain(main, FIRST, 24);
    aws.put(...hours);
    spoil(hours);
    return runAfter(hours, 120); // whatever is waited for has had its time, but for the newest
  }
  const replaced = ({ key, metadata }: Digest, content: string, change: object = {}) =>
    aws.store({ key, bytes: gzipSync(content), metadata: { ...metadata, ...change } });

  test('a digest whose log file is not in it any more', async () => {
    const sent = await found(([, , { digest }]) =>
      replaced(digest, digest.content.replace(/"logFiles":\[.*\]/, '"logFiles":[]')),
    );
    expect(kinds(sent)).toEqual(['digest-altered']);
    expect(sent.docs[0].source.event.reason).toBe('content and signature do not fit');
  });

  test('a digest without a signature', async () => {
    const sent = await found(([, , { digest }]) => aws.store({ key: digest.key, bytes: digest.bytes }));
    expect(kinds(sent)).toEqual(['digest-unsigned']);
  });

  test.each(['', 'not hexadecimal', 'ab'.repeat(256)])('a digest with the signature "%.16s"', async (signature) => {
    const sent = await found(([, , { digest }]) => replaced(digest, digest.content, { signature }));
    expect(kinds(sent)).toEqual(['digest-altered']);
  });

  test('a digest signed with a key that CloudTrail does not know', async () => {
    const sent = await found(([, , { digest, logFiles }, next]) => {
      const other = hour({ signer: signer() }, FIRST + 2 * HOUR, undefined);
      expect(other.digest.key).toBe(digest.key);
      aws.put({ digest: other.digest, logFiles });
      expect(next.digest.content).toContain(digest.key);
    });
    expect(kinds(sent)).toEqual(['digest-altered']);
    expect(sent.docs[0].source.event.reason).toMatch(/^CloudTrail has no key [0-9a-f]{32} in eu-west-1$/);
  });

  test('an older digest in the place of another one', async () => {
    const sent = await found(([older, , { digest }]) => aws.store({ ...older.digest, key: digest.key }));
    expect(kinds(sent)).toEqual(['digest-altered']);
    expect(sent.docs[0].source.event.reason).toMatch(/^it was moved here from s3:\/\/logs\/AWSLogs/);
  });

  test.each([
    ['broken gzip', gzipSync('{}').subarray(0, 15), 'the object is broken gzip: it ends early'],
    ['no JSON', gzipSync('{"digest'), 'it is not a digest'],
    ['another JSON', gzipSync('{"Records":[]}'), 'it is not a digest'],
  ])('a digest that is %s', async (_what, bytes, reason) => {
    const sent = await found(([, , { digest }]) => aws.store({ ...digest, bytes }));
    expect(kinds(sent)).toEqual(['digest-altered']);
    expect(sent.docs[0].source.event.reason).toBe(reason);
  });

  test('a digest that was taken away', async () => {
    const sent = await found(([, , { digest }]) => aws.s3.objects.delete(`logs/${digest.key}`));
    expect(kinds(sent)).toEqual(['digest-missing']);
    const { event, file } = sent.docs[0].source;
    expect(file.path).toMatch(/20261123T140531Z/);
    expect([event.start, event.end]).toEqual(['2026-11-23T13:05:31.000Z', '2026-11-23T14:05:31.000Z']);
  });

  test('three digests in a row that were taken away', async () => {
    const sent = await found((hours) => {
      for (const { digest } of hours.slice(2, 5)) aws.s3.objects.delete(`logs/${digest.key}`);
    });
    expect(kinds(sent)).toEqual(['digest-missing']);
    const { event } = sent.docs[0].source;
    expect([event.start, event.end]).toEqual(['2026-11-23T13:05:31.000Z', '2026-11-23T16:05:31.000Z']);
  });

  test('a link to a digest of another trail', async () => {
    const others = chain({ signer: key, name: 'other' }, FIRST, 3);
    const hours = chain(main, FIRST, 3);
    const sent = await found(() => {
      const astray = hour(main, FIRST + 3 * HOUR, others[2].digest);
      const rest = [astray];
      for (let n = 4; n < 24; n++) rest.push(hour(main, FIRST + n * HOUR, rest.at(-1)!.digest));
      aws.put(...hours, ...rest);
    });
    expect(kinds(sent)).toEqual(['chain-broken']);
  });

  test('a chain that starts anew', async () => {
    const sent = await found((hours) => {
      const rest: Hour[] = [];
      for (let n = 12; n < 24; n++) rest.push(hour(main, FIRST + n * HOUR, rest.at(-1)?.digest));
      aws.put(...rest);
      expect(rest[0].digest.key).toBe(hours[12].digest.key);
    });
    expect(kinds(sent)).toEqual(['chain-restarted']);
  });

  test('time that no digest covers', async () => {
    const sent = await found((hours) => {
      for (const { digest } of hours.slice(10, 13)) aws.s3.objects.delete(`logs/${digest.key}`);
      const rest = [hours[9]];
      for (let n = 13; n < 24; n++) rest.push(hour(main, FIRST + n * HOUR, rest.at(-1)!.digest));
      aws.put(...rest);
    });
    expect(kinds(sent)).toEqual(['chain-gap']);
  });

  test('a log file with data behind its end', async () => {
    const sent = await found(([, , { logFiles }]) => {
      const [{ key, bytes }] = logFiles;
      aws.store({ key, bytes: Buffer.concat([bytes, gzipSync('{"Records":[]}')]) });
    });
    expect(kinds(sent)).toEqual(['log-file-altered']);
    const { file, related, aws: own } = sent.docs[0].source;
    expect(file.hash.sha256).toBe(own.integrity.hash.found);
    expect(related.hash).toEqual([own.integrity.hash.expected, own.integrity.hash.found]);
  });

  test('a log file that is no gzip any more', async () => {
    const sent = await found(([, , { logFiles }]) =>
      aws.store({ key: logFiles[0].key, bytes: logFiles[0].bytes.subarray(0, 30) }),
    );
    expect(kinds(sent)).toEqual(['log-file-altered']);
  });
});

test('a digest put between two others by somebody else is reported, and the chain goes on', async () => {
  const hours = chain(main, FIRST, 24);
  aws.put(...hours);
  const planted = hour({ signer: signer() }, FIRST + 2.5 * HOUR, hours[2].digest);
  aws.put(planted);
  expect(kinds(await runAfter(hours))).toEqual(['digest-altered']);
});

test('a digest planted in the future hides nothing, and is reported when its time has come', async () => {
  const hours = chain(main, FIRST, 32);
  const planted = hour({ signer: signer() }, FIRST + 30.5 * HOUR, undefined);
  aws.put(...hours.slice(0, 20), planted);
  expect(kinds(await runAfter(hours.slice(0, 20)))).toEqual([]);
  aws.put(...hours.slice(20));
  aws.s3.objects.delete(`logs/${hours[22].logFiles[0].key}`);
  expect(kinds(await runAfter(hours.slice(0, 24)))).toEqual(['log-file-missing']);
  expect(kinds(await runAfter(hours))).toEqual(['digest-altered']);
});

test('an earlier time is looked at as it was then', async () => {
  const hours = chain(main, FIRST, 24);
  aws.put(...hours);
  aws.s3.objects.delete(`logs/${hours[20].logFiles[0].key}`);
  await aws.run(ends(hours.slice(0, 10)), { state: undefined });
  expect(kinds(await aws.sent())).toEqual([]);
  expect(aws.logged()).toContainEqual(expect.objectContaining({ message: 'digests verified', digests: 10 }));
});

describe('run after run', () => {
  test('a digest is verified once: what was reported is not reported again', async () => {
    const hours = chain(main, FIRST, 24);
    aws.put(...hours);
    aws.s3.objects.delete(`logs/${hours[3].logFiles[0].key}`);
    aws.store({ key: hours[5].digest.key, bytes: hours[5].digest.bytes });
    expect(kinds(await runAfter(hours))).toEqual(['digest-unsigned', 'log-file-missing']);
    aws.s3.asked.length = 0;
    expect(kinds(await runAfter(hours, 20))).toEqual([]);
    expect(aws.s3.asked.filter((request) => request.startsWith('GET logs/') && request.includes('.json.gz'))).toEqual(
      [],
    );
  });

  test('hour by hour the same is found as at once', async () => {
    const hours = chain(main, FIRST, 24);
    const found: string[] = [];
    for (let n = 0; n < 24; n++) {
      aws.put(hours[n]);
      if (n === 6) aws.s3.objects.delete(`logs/${hours[6].logFiles[0].key}`);
      if (n === 9) aws.store({ key: hours[9].digest.key, bytes: altered(), metadata: hours[9].digest.metadata });
      if (n === 15) aws.s3.objects.delete(`logs/${hours[15].digest.key}`);
      found.push(...kinds(await runAfter(hours.slice(0, n + 1))));
    }
    expect(found.sort()).toEqual(['digest-altered', 'digest-missing', 'log-file-missing']);
  });

  test('without the memory of the runs before, the same faults have the same ids and times', async () => {
    const hours = chain(main, FIRST, 24);
    aws.put(...hours);
    aws.s3.objects.delete(`logs/${hours[3].logFiles[0].key}`);
    const identities = ({ docs }: Sent) => docs.map(({ _index, _id, source }) => [_index, _id, source['@timestamp']]);
    const once = identities(await runAfter(hours));
    aws.s3.objects.delete('state/integrity.json');
    expect(identities(await runAfter(hours, 30))).toEqual(once);
    expect(once).toHaveLength(1);
  });

  test('a digest whose log file cannot be read now comes again, and those before it do not', async () => {
    const hours = chain(main, FIRST, 24);
    aws.put(...hours);
    const object = `logs/${hours[5].logFiles[0].key}`;
    aws.s3.errors.set(object, { status: 503, code: 'SlowDown' });
    aws.s3.objects.delete(`logs/${hours[2].logFiles[0].key}`);
    await expect(runAfter(hours)).rejects.toThrow('not all digests could be verified');
    expect(kinds(await aws.sent())).toEqual(['log-file-missing']);
    aws.s3.errors.clear();
    aws.s3.asked.length = 0;
    expect(kinds(await runAfter(hours, 12))).toEqual([]);
    expect(aws.s3.asked.some((request) => request.includes(object))).toBe(true);
    expect(aws.s3.asked.some((request) => request.includes(hours[4].digest.key))).toBe(false);
  });

  test('a log file that ends too early on the way does not count as altered', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    aws.s3.cuts.set(`logs/${hours[1].logFiles[0].key}`, 20);
    await expect(runAfter(hours)).rejects.toThrow('not all digests could be verified');
    aws.s3.cuts.clear();
    expect(kinds(await runAfter(hours))).toEqual([]);
  });

  test('what could not be delivered is found again', async () => {
    const hours = chain(main, FIRST, 3);
    aws.put(...hours);
    aws.s3.objects.delete(`logs/${hours[1].logFiles[0].key}`);
    const state = 's3://locked/integrity.json';
    aws.s3.errors.set('locked/integrity.json', { status: 404, code: 'NoSuchKey' }); // reads as absent, can't be written
    await expect(aws.run(ends(hours) + MINUTE, { state })).rejects.toThrow('the object could not be written');
    aws.s3.errors.clear();
    await aws.run(ends(hours) + 2 * MINUTE, { state });
    const ids = (await aws.sent()).docs.map(({ _id }) => _id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('a state that somebody else wrote is not taken for none', async () => {
    aws.s3.objects.set('state/integrity.json', { bytes: Buffer.from('{"version":7}') });
    await expect(aws.run(FIRST)).rejects.toThrow('the state is not one that this function wrote');
  });

  test('keys that cannot be had now condemn nobody', async () => {
    const apart = signer();
    const hours = chain({ signer: apart, region: 'us-east-1' }, FIRST, 2);
    aws.put(...hours);
    aws.cloudtrail.error = { status: 400, type: 'AccessDeniedException' };
    await expect(runAfter(hours)).rejects.toThrow('not all digests could be verified');
    expect(kinds(await aws.sent())).toEqual([]);
    aws.cloudtrail.error = undefined;
    aws.trust(apart);
    expect(kinds(await runAfter(hours))).toEqual([]);
    expect(aws.cloudtrail.asked.map(({ region }) => region)).toContain('us-east-1');
  });
});

describe('late digests', () => {
  test('one that comes within its time is no fault, and one that does not is reported once', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    await runAfter(hours);
    expect(kinds(await runAfter(hours, 60 + 89))).toEqual([]);
    const sent = await runAfter(hours, 60 + 91);
    expect(kinds(sent)).toEqual(['digest-late']);
    expect(sent.docs[0].source.event.start).toBe('2026-11-23T13:05:31.000Z');
    expect(kinds(await runAfter(hours, 60 + 151))).toEqual([]);
  });

  test('after it has come, the next one can be late again', async () => {
    const hours = chain(main, FIRST, 3);
    aws.put(...hours.slice(0, 2));
    expect(kinds(await runAfter(hours.slice(0, 2), 180))).toEqual(['digest-late']);
    aws.put(hours[2]);
    expect(kinds(await runAfter(hours, 130))).toEqual([]);
    expect(kinds(await runAfter(hours, 180))).toEqual(['digest-late']);
  });

  test('a digest waits for the one before it as long as that may still come', async () => {
    const hours = chain(main, FIRST, 4);
    aws.put(...hours.slice(0, 2), hours[3]);
    await runAfter(hours, 10);
    expect(kinds(await runAfter(hours, 80))).toEqual([]);
    aws.put(hours[2]);
    expect(kinds(await runAfter(hours, 85))).toEqual([]);
    expect(
      aws
        .logged()
        .filter(({ message }) => message === 'digests verified')
        .at(-1),
    ).toMatchObject({ digests: 2 });
  });

  test('a shorter grace can be asked for', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    await aws.run(ends(hours) + 71 * MINUTE, { graceMinutes: 10 });
    expect(kinds(await aws.sent())).toEqual(['digest-late']);
  });

  test('a folder that was deleted whole is missed', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    await runAfter(hours);
    for (const path of aws.s3.objects.keys()) if (path.startsWith('logs/')) aws.s3.objects.delete(path);
    expect(kinds(await runAfter(hours, 180))).toEqual(['digest-late']);
  });

  test('a trail that is gone is forgotten after a week', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    expect(kinds(await runAfter(hours, 180))).toEqual(['digest-late']);
    expect(kinds(await runAfter(hours, 8 * 24 * 60))).toEqual([]);
    const again = chain(main, FIRST + 9 * 24 * HOUR, 2);
    aws.put(...again);
    await aws.run(FIRST + 9 * 24 * HOUR + 61 * MINUTE);
    expect(kinds(await aws.sent())).toEqual([]);
  });
});

describe('an estate', () => {
  test('accounts, regions, organizations and trails in one bucket have chains of their own', async () => {
    const trails: Trail[] = [
      main,
      { ...main, name: 'second_trail.with-all' },
      { ...main, name: 'main', homeRegion: 'us-east-1' },
      { ...main, region: 'us-east-1' },
      { ...main, account: '111111111111' },
      { ...main, account: '222222222222', organization: 'o-exampleorgid' },
    ];
    const hours = trails.map((trail) => chain(trail, FIRST, 5));
    aws.put(...hours.flat());
    aws.s3.objects.delete(`logs/${hours[1][2].logFiles[0].key}`);
    aws.s3.objects.delete(`logs/${hours[5][3].digest.key}`);
    const { docs } = await runAfter(hours[0], 95);
    const facts = docs.map(({ source: { event, cloud, aws: own } }) => [
      event.action,
      cloud.account.id,
      own.integrity.trail,
    ]);
    expect(facts.sort()).toEqual([
      ['digest-missing', '222222222222', 'main'],
      ['log-file-missing', '123456789012', 'second_trail.with-all'],
    ]);
    expect(aws.logged()).toContainEqual(
      expect.objectContaining({ message: 'digests verified', folders: 4, digests: 29 }),
    );
  });

  test('what fails in one folder does not keep back another', async () => {
    const here = chain(main, FIRST, 3);
    const there = chain({ ...main, account: '111111111111' }, FIRST, 3);
    aws.put(...here, ...there);
    aws.s3.errors.set(`logs/${here[0].digest.key}`, { status: 503, code: 'SlowDown' });
    aws.s3.objects.delete(`logs/${there[1].logFiles[0].key}`);
    await expect(runAfter(here)).rejects.toThrow('not all digests could be verified');
    expect(kinds(await aws.sent())).toEqual(['log-file-missing']);
    aws.s3.errors.clear();
    expect(kinds(await runAfter(here))).toEqual([]);
  });

  test('a backfill is verified, once, whenever it was made', async () => {
    const hours = chain(main, FIRST, 24);
    const fill = (n: number) => hour(main, FIRST + n * HOUR, undefined, {}, { backfillMadeAt: FIRST + 23 * HOUR });
    const [good, bad, unsigned] = [fill(5), fill(6), fill(7)];
    aws.put(...hours, good, bad, unsigned);
    aws.s3.objects.delete(`logs/${bad.logFiles[1].key}`);
    aws.store({ key: unsigned.digest.key, bytes: unsigned.digest.bytes });
    expect(kinds(await runAfter(hours))).toEqual(['digest-unsigned', 'log-file-missing']);
    expect(kinds(await runAfter(hours, 20))).toEqual([]);
  });

  test('other objects in the folders of digests are passed over', async () => {
    const hours = chain(main, FIRST, 2);
    aws.put(...hours);
    const folder = hours[1].digest.key.replace(/[^/]*$/, '');
    aws.store({ key: `${folder}readme.txt`, bytes: Buffer.from('x') });
    expect(kinds(await runAfter(hours))).toEqual([]);
  });
});

test('without a state a run verifies what is there and leaves nothing behind', async () => {
  const hours = chain(main, FIRST, 24);
  aws.put(...hours);
  aws.s3.objects.delete(`logs/${hours[3].logFiles[0].key}`);
  await aws.run(ends(hours), { state: undefined });
  expect(kinds(await aws.sent())).toEqual(['log-file-missing']);
  expect([...aws.s3.objects.keys()].filter((path) => !path.startsWith('logs/'))).toEqual([]);
});

describe('sls invoke local', () => {
  const sample = JSON.parse(readFileSync('test/sample/integrity/event.json', 'utf8'));
  afterEach(() => {
    delete process.env.IS_LOCAL;
  });

  test('reads the sample from its folder, in which one log file is missing', async () => {
    process.env.IS_LOCAL = 'true';
    await aws.run(0, { ...sample, state: undefined });
    expect(kinds(await aws.sent())).toEqual(['log-file-missing']);
    expect(aws.logged()).toContainEqual(expect.objectContaining({ digests: 3, logFiles: 6 }));
  });

  test('is the only one that reads a folder', async () => {
    await aws.run(0, { ...sample, state: undefined });
    expect(kinds(await aws.sent())).toEqual([]);
  });
});

test('an event without digests is refused with a sentence', async () => {
  await expect(aws.run(FIRST, { digests: 'logs' })).rejects.toThrow(
    '"digests" of the event is "logs": expected s3://<bucket>/<prefix>.',
  );
});
