import { describe, expect, test } from '@jest/globals';
import { s3access } from '../../../functions/s3access/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { readAll, samplesOf } from '../../source.ts';

const seoul = { geo: { country_iso_code: 'KR' }, as: { number: 64496 } };
const source = s3access({ geo: { of: (ip) => (ip === '192.0.2.3' ? seoul : undefined) }, route: ['opensearch'] });
const sample = (name: string) =>
  samplesOf('s3access')
    .find(([file]) => file === name)![1]
    .toString();

test('samples become the golden documents, byte for byte', async () => {
  const lines: string[] = [];
  for (const [, content] of samplesOf('s3access')) {
    const read = await readAll(source, content);
    expect(read.rejects).toEqual([]);
    for (const document of read.documents) expect(ecsFaults(document)).toEqual([]);
    expect(read.raw.join('\n')).toBe(content.toString().trimEnd());
    lines.push(...read.lines);
  }
  expectGolden('s3access', lines);
});

describe('a line', () => {
  test('of older years ends before the columns that were added later', async () => {
    const [get, expired] = (await readAll(source, sample('old.log'))).documents;
    expect(get).toMatchObject({
      event: { outcome: 'failure', type: ['access', 'error'] },
      error: { code: 'AccessDenied' },
    });
    expect(get.user).toBeUndefined();
    expect(expired).toMatchObject({ event: { action: 'S3.EXPIRE.OBJECT' }, user: { id: 'AmazonS3' } });
    expect(expired.url).toBeUndefined();
    expect(expired.source).toBeUndefined();
  });

  test('may hold quotes in the referrer and the user agent, and columns of tomorrow', async () => {
    const [{ http, user_agent, aws }] = (await readAll(source, sample('quotes.log'))).documents;
    expect(http.request.referrer).toBe('https://example.com/?q="x"');
    expect(user_agent.original).toBe('agent "one" \\"two\\" é');
    expect(aws.s3access.rest).toBe('a-column-of-tomorrow');
  });

  test('can’t be forged by what a client sends', async () => {
    const forged = sample('quotes.log').replace('GET /a%22b HTTP/1.1', 'GET /a" 200 - 1 1 1 1 "-" "x HTTP/1.1');
    const refused = forged.replace('" 200 - 113', '" 403 AccessDenied 113');
    const [{ http, event }] = (await readAll(source, refused)).documents;
    expect([http.response.status_code, event.outcome]).toEqual([403, 'failure']);
    const agent = sample('quotes.log').replace('agent "one"', 'x" - h - - - evil.example.com - - - us-east-1 "');
    expect((await readAll(source, agent)).documents[0].url.domain).toBe('amzn-s3-demo-bucket1.s3.amazonaws.com');
  });

  test('that is none of an access log is refused, and the next one is read', async () => {
    const { rejects, lines } = await readAll(source, `\nhello world\n${sample('quotes.log')}`);
    expect(rejects).toEqual(['2: not a line of an S3 server access log']);
    expect(lines).toHaveLength(1);
  });

  test('has account and region by its key, where the key tells them', async () => {
    const uri = 's3://logs/s3access/210987654321/eu-west-1/b/2026/12/01/2026-12-01-00-00-01-ABC@e';
    const { documents, facts } = await readAll(source, sample('old.log'), uri);
    expect(documents[0].cloud).toMatchObject({ account: { id: '210987654321' }, region: 'eu-west-1' });
    expect(facts[0]).toMatchObject({ account: '210987654321', region: 'eu-west-1', id: '', outcome: 'failure' });
  });
});

test('a row that can’t be compiled is a ConfigError', () => {
  expect(() => s3access({ geo: noGeo, route: [], fields: [['a.b', 'bucket', 'flaot']] })).toThrow(ConfigError);
});
