/** CloudTrail records that other collectors got wrong; test/sample/cases/README.md says what is right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { allWritten } from '../source.ts';

const sample = (name: string): string => readFileSync(new URL(`../sample/cases/${name}.json`, import.meta.url), 'utf8');
const source = cloudtrail({ geo: { ...noGeo, rendered: () => undefined }, route: ['opensearch'] });
const written = (input: string) => allWritten(source, input);

/** A record of the samples with some members otherwise. */
const event = (change: object, name = 'cloudtrail-who'): string =>
  JSON.stringify({ ...JSON.parse(sample(name)).Records[0], ...change });

/** Every object's member names, as they are written. */
function twice(json: string): string[] {
  const found: string[] = [];
  const open: Set<string>[] = [];
  for (const [token, name] of json.matchAll(/"((?:[^"\\]|\\.)*)"(?=:)|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (name !== undefined && open.at(-1)!.size === open.at(-1)!.add(name).size) found.push(name);
  }
  return found;
}

describe('duplicate-members', () => {
  test('each is a document without them; the last counts', async () => {
    const found = await written(sample('duplicate-members'));
    expect(found).toHaveLength(6);
    for (const { line } of found) expect(twice(line)).toEqual([]);
    expect(found[0].document.aws.cloudtrail.request_parameters).toEqual({ a: 2 });
    expect(found[1].document.aws.cloudtrail.other).toEqual({ zz: 2 });
    expect(found[2].document.event.action).toBe('GetBucketPolicy');
    expect(found[5].document.aws.cloudtrail.request_parameters).toEqual({ a: { b: 'y' } });
  });

  test.each([
    '{"abcdefgh":1,"b":{"abcdefgh":2},"abcdefgh":3}',
    '{"\\u0061":1,"a":2}',
    '{"list":[{"a":1,"a":2},{"a":1}]}',
    `{${Array.from({ length: 200 }, (_, n) => `"member${n % 150}":${n}`).join()}}`,
    '{"roleArn":"a","roleArn":"b"}',
  ])('%s as a free-form part', async (part) => {
    const json = event({ requestParameters: '@' }).replace('"@"', part);
    const [{ line, document }] = await written(json);
    expect(twice(line)).toEqual([]);
    expect(document.aws.cloudtrail.request_parameters).toEqual(JSON.parse(part));
  });

  test('an unknown member of an object that rows read, twice', async () => {
    const json = event({}).replace('"accountId":', '"new":1,"new":{"a":1,"a":2},"accountId":');
    const [{ line, document }] = await written(json);
    expect(twice(line)).toEqual([]);
    expect(document.aws.cloudtrail.other).toEqual({ 'userIdentity.new': { a: 2 } });
  });
});
