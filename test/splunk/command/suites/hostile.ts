/** Queries, options and field names that are broken or malicious: an answer or an error, never a crash, nothing lost. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';

const AT = '2026-07-01T12:00:00Z';
const RANGE = ['start_time=2026-07-01', 'end_time=2026-07-02'];

/** Each with what must be said, or how many of the 3 documents it finds. */
const ARGUMENTS: readonly (readonly [string, RegExp | number])[] = [
  ['query="', /answered 400/],
  ['query=(((((', /answered 400/],
  ['query=n:[1 TO', /answered 400/],
  ['query=n:/(/', 0],
  ['query=\\', /answered 400/],
  ['query=AND', /answered 400/],
  ['query=', 3],
  ['query=*:*', 3],
  [`query=${'n:1 OR '.repeat(5_000)}n:2`, /answered 400/],
  [`query=${'x'.repeat(100_000)}`, /answered 400/],
  ['query={0.__class__.__init__} {} {missing}', /answered 400/],
  ['query=%s%n%x$\x7bjndi:ldap://127.0.0.1/x}', /answered 400/],
  ["query='); DROP TABLE x; --", /answered 400/],
  ['query=n:1\r\nX-Injected: 1', 1],
  ['query=\ud800 OR n:2', 1],
  ['query=nul\0', 0],
  ['query=<script>alert(1)</script>', /answered 400/],
  ['query=봉수 🔥', 0],
  ['dsl={', /no JSON/],
  ['dsl=[]', /must be a JSON object/],
  [`dsl=${'{"bool":{"must":'.repeat(3_000)}{}${'}}'.repeat(3_000)}`, /nested too deeply|answered 400/],
  ['dsl={"query":{"match_all":{}},"size":100000}', /can't have size/],
  ['dsl={"query":{"match_all":{}},"script_fields":{"x":{"script":"1"}}}', /can't have script_fields/],
  ['dsl={"drop":{"everything":{}}}', /answered 400: .*unknown query \[drop\]/],
  ['index=hostile/_delete_by_query', /answered 400|no such index/],
  ['index=../_cluster/settings', /answered 400|no such index/],
  ['index=_all,_nodes', /no index expression/],
  ['index=hostile?pretty#', /answered 400|no such index/],
  ['size=-1', /size= must be a number/],
  ['size=٣', /size= must be a number/],
  ['size=99999999999999999999', /size= must be a number/],
  ['start_time=now-1parsec', /no unit of time/],
  ['start_time=2026-07-01T00:00:00Z; rm -rf /', /is no time/],
  ['fields=,,,', /takes 1 to 500 field names/],
  ['sort=_id', /not supported/],
  ['agg=terms(n) > terms(', /can't be read/],
  ['agg=terms(n[0])', /can't have/],
  ['timezone=../../etc/passwd', /is not known/],
  ['tsfield=missing', 0],
  ['connection=../../../server', /takes a name/],
];

/** Members → the column that has to hold them. */
const NAMES: Readonly<Record<string, string>> = {
  host: 'doc.host',
  source: 'doc.source',
  sourcetype: 'doc.sourcetype',
  index: 'doc.index',
  doc_id: 'doc.doc_id',
  linecount: 'doc.linecount',
  splunk_server: 'doc.splunk_server',
};
const INNER = [
  ...['a,b', 'a"b', "a'b", 'a b', ' a', 'a=b', 'a|b', '$a$', '$$', '{}', '{0}', '%d', '__mv_a', '_raw', '<b>', '[x]'],
  ...[
    '한글',
    '🔥',
    'é',
    'a\\b',
    'a/b',
    '..',
    'a..b',
    '.',
    '*',
    '-',
    '+',
    '#',
    '`',
    '__proto__',
    'constructor',
    'x'.repeat(3_000),
  ],
];

export function hostile({ search, index, ask }: Site): void {
  describe('hostile input', () => {
    beforeAll(async () => {
      const properties = {
        '@timestamp': { type: 'date' },
        n: { type: 'integer' },
        inner: { type: 'object', enabled: false },
      };
      await ask('PUT', '/hostile', { mappings: { dynamic: false, properties } });
      await ask('PUT', '/names', { mappings: { dynamic: false, properties } });
      await index([1, 2, 3].map((n) => ({ index: 'hostile', source: { '@timestamp': AT, n } })));
      const named = Object.fromEntries(Object.keys(NAMES).map((name) => [name, `value of ${name}`]));
      const inner = Object.fromEntries([...INNER, 'new\nline', 'nul\0'].map((name) => [name, `$value$ of "${name}"`]));
      const half = '{"@timestamp":"2026-07-01T12:00:00Z","inner":{"half":"a\\ud800b"}}';
      await index([
        { index: 'names', id: '1', source: { '@timestamp': AT, ...named, inner } },
        { index: 'names', id: '2', source: half },
      ]);
    });

    test.each(ARGUMENTS.map((each) => [each[0].slice(0, 60), ...each] as const))(
      '%s',
      async (_, argument, expected) => {
        const base = ['index=hostile', ...RANGE].filter((each) => !argument.startsWith(each.replace(/=.*/s, '=')));
        const { rows, errors, stderr } = await search([...base, argument]);
        expect(stderr).toBe('');
        if (typeof expected === 'number') expect([rows.length, errors]).toEqual([expected, []]);
        else expect([rows, errors]).toEqual([[], [expect.stringMatching(expected)]]);
        expect(errors.join()).not.toMatch(/Traceback|\.py\b/);
      },
    );

    test('no document was lost to any of them', async () => {
      expect(await ask('GET', '/hostile/_count')).toMatchObject({ count: 3 });
    });

    test('every member has its column, whatever it is called', async () => {
      const { rows, errors } = await search(['index=names', ...RANGE]);
      expect(errors).toEqual([]);
      const row = rows.find((each) => each.doc_id === '1')!;
      for (const [name, column] of Object.entries(NAMES))
        expect([column, row[column]]).toEqual([column, `value of ${name}`]);
      for (const name of INNER) expect([name, row[`inner.${name}`]]).toEqual([name, `$value$ of "${name}"`]);
      expect(row['inner.new_line']).toBe('$value$ of "new\nline"');
      expect(row['inner.nul_']).toBe('$value$ of "nul\ufffd"');
      expect([row.index, row.sourcetype, row.host]).toEqual(['names', 'elasticsearch', 'value of host']);
      expect(rows.find((each) => each.doc_id === '2')).toMatchObject({ 'inner.half': 'a\ufffdb' });
    });
  });
}
