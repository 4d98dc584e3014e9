/** What docs/reference/findings.md says of reading the archive, held against what the archive's sink writes. Athena itself is not here. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { guardduty } from '../../functions/guardduty/source.ts';
import { incident } from '../../scripts/incident.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { blank } from '../../shared/pipeline/facts.ts';
import { archive } from '../../shared/sink/store/archive.ts';
import { sourcesWhere } from '../../shared/sources.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import { Text } from '../../shared/text/text.ts';
import { find } from '../../shared/transform/objects/compile.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const [, sql = ''] = /```sql\n(.*?)```/s.exec(read('docs/reference/findings.md')) ?? [];
const properties = new Map(
  [...sql.matchAll(/'([\w.]+)' = '([^']*)'/g)].map(([, name, value]) => [name, value] as const),
);

/** As the sink writes them: GuardDuty's part of the demo's incident, over several lines each. */
function archivedLines(): readonly string[] {
  const source = guardduty({ geo: noGeo, route: ['archive'] });
  const { append } = archive({ client: undefined as never, stream: '', source: source.name });
  const text = new Text(16);
  const events = incident(new Date('2026-11-24T13:40:38Z')).events.filter(({ source }) => source === 'guardduty');
  for (const [i, { event }] of events.entries()) {
    const record = bytesOf(JSON.stringify(event, undefined, 2));
    const facts = blank();
    const from = { uri: 'eventbridge:x', seq: i };
    const doc = new Text(16);
    source.write(record, from, doc, facts);
    append(text, facts, from, doc, record);
  }
  return Buffer.from(text.slice()).toString().trimEnd().split('\n');
}

test('a line is one column: nothing in it parts columns or lines', () => {
  const lines = archivedLines();
  expect(lines).toHaveLength(11);
  expect(sql).toContain("FIELDS TERMINATED BY '\\001'");
  for (const line of lines) {
    expect([...line].filter((character) => character < ' ')).toEqual([]);
    expect(JSON.parse(line).event['detail-type']).toBe('GuardDuty Finding');
  }
});

test('what is selected is in each line', () => {
  const paths = [...sql.matchAll(/json_extract_scalar\(line, '\$\.([\w.]+)'\)/g)].map(([, path]) => path);
  expect(paths).toHaveLength(3);
  for (const line of archivedLines()) {
    for (const path of paths)
      expect([path, typeof find(JSON.parse(line), path)]).toEqual([path, expect.stringMatching(/^(string|number)$/)]);
  }
});

test('partitions are where Firehose writes, and of every source that is archived', () => {
  const { create } = load(read('resources/source/archive.yml').replaceAll(/!(Sub|GetAtt|Ref)/g, '')) as {
    create: { Resources: Record<string, { Properties: { ExtendedS3DestinationConfiguration: { Prefix: string } } }> };
  };
  const { Prefix } = create.Resources.$SourceArchive.Properties.ExtendedS3DestinationConfiguration;
  const format = properties.get('projection.day.format');
  expect(Prefix).toBe(`$source/!{timestamp:${format}}/`);
  expect(properties.get('storage.location.template')).toMatch(
    /^s3:\/\/<ArchiveBucketName>\/\$\{source\}\/\$\{day\}\/$/,
  );
  expect(properties.get('projection.source.values')?.split(',').toSorted()).toEqual(
    sourcesWhere(({ kind }) => kind === 'finding').toSorted(),
  );
});
