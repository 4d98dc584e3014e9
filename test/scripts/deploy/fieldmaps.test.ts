import { expect, test } from '@jest/globals';
import { fieldFaults } from '../../../scripts/deploy/fieldmaps.ts';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import type { SourceName } from '../../../shared/sources.ts';

const faultsOf = async (source: SourceName, rows: unknown) => {
  const { values, faults } = parameters({ [`${source}Fields`]: rows, splunkHecUrl: 'file:out' });
  return [...faults, ...(await fieldFaults(values))];
};

// one source of each back end: columns, JSON by bytes, JSON objects
const SOURCES: readonly SourceName[] = ['flowlogs', 'cloudtrail', 'guardduty', 's3access'];

test.each(SOURCES)('%s: a cast that does not exist is named', async (source) => {
  expect(await faultsOf(source, [['aws.x.y', 'srcport', 'flaot']])).toEqual([
    expect.stringMatching(new RegExp(`^Parameter "${source}Fields": .*aws\\.x\\.y: no cast is called "flaot"`)),
  ]);
});

test.each(SOURCES)('%s: targets that no document can have are named', async (source) => {
  expect(
    await faultsOf(source, [
      ['aws.x', 'a'],
      ['aws.x.y', 'b'],
    ]),
  ).toEqual([expect.stringContaining('aws.x')]);
});

test.each(SOURCES)(
  '%s: rows that remove, that are constant and that have several paths are accepted',
  async (source) => {
    const rows = [
      ['event.kind', null],
      ['tags', [], { constant: ['x'] }],
      ['labels.ab', ['x', 'y']],
    ];
    expect(await faultsOf(source, rows)).toEqual([]);
  },
);
