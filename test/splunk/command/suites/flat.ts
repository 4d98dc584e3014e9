/** Wildcards below flat_object fields find nothing in OpenSearch. The warning's own query does. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { goldenDocuments } from '../../../golden.ts';
import type { Site } from '../rig/site.ts';

const PATH = 'aws.cloudtrail.request_parameters';

interface Parameters {
  readonly aws: { readonly cloudtrail: { readonly request_parameters?: unknown } };
  readonly event: { readonly provider: string };
}

const records: readonly Parameters[] = goldenDocuments('cloudtrail');

/** All texts below a value, each with the name of its member. */
function leaves(value: unknown, name = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([inner, each]) => leaves(each, Array.isArray(value) ? name : inner));
}

/** Counts the documents that a query has to find. */
const counted = (isFound: (texts: [string, string][], provider: string) => boolean): number =>
  records.filter(({ aws, event }) => isFound(leaves(aws.cloudtrail.request_parameters ?? {}), event.provider)).length;

const hasA = (texts: [string, string][]) => texts.some(([name, text]) => name === 'bucketName' && text.includes('a'));

const INDEX = 'index=aws-cloudtrail-2026.11.24';

export function flat({ search, index }: Site): void {
  describe('flat_object fields', () => {
    beforeAll(() => index(records.map((source, n) => ({ index: 'aws-cloudtrail-2026.11.24', id: `${n}`, source }))));

    test.each([
      [`${PATH}.bucketName:*a*`, counted(hasA)],
      [`event.provider:s3* AND ${PATH}.bucketName:*a*`, counted((texts, name) => name.startsWith('s3') && hasA(texts))],
      [`${PATH}:*example*`, counted((texts) => texts.some(([, text]) => text.includes('example')))],
    ])('%s', async (query, count) => {
      const silent = await search([INDEX, `query=${query}`]);
      expect(silent.rows).toEqual([]);
      expect(silent.warnings).toEqual([expect.stringContaining('finds nothing in a query string')]);
      const [, quoted] = /dsl="(.*)"$/.exec(silent.warnings[0])!;
      const works = await search([INDEX, `dsl=${quoted.replaceAll('\\"', '"').replaceAll('\\\\', '\\')}`]);
      expect([works.errors, works.warnings]).toEqual([[], []]);
      expect(works.rows).toHaveLength(count);
      expect(count).toBeGreaterThan(0);
    });

    test('what works is not warned of', async () => {
      const { rows, warnings } = await search([INDEX, `query=${PATH}.bucketName:a* OR event.provider:*s3*`]);
      expect(rows.length).toBeGreaterThan(0);
      expect(warnings).toEqual([]);
    });

    test('an aggregation is warned of, a sort is refused', async () => {
      const told = expect.stringMatching(/is part of a flat_object field, which OpenSearch can't (stats|sort) by/);
      expect((await search([INDEX, `agg=terms(${PATH}.bucketName)`])).warnings).toEqual([told]);
      expect((await search([INDEX, `sort=${PATH}.bucketName`])).errors).toEqual([told]);
    });
  });
}
