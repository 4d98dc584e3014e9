/** Whom of ours a finding is about, whichever format tells it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { securityhub } from '../../../functions/securityhub/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Text } from '../../../shared/text/text.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { NO_TABLE, sampled } from '../../shared/asset/given.ts';

async function lines(name: string, assets: Assets | undefined): Promise<string[]> {
  const source = securityhub({ geo: noGeo, assets, route: [] });
  async function* chunks() {
    yield readFileSync(new URL(`../../sample/securityhub/${name}.json`, import.meta.url));
  }
  const found: string[] = [];
  for await (const page of source.decode(chunks())) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      const doc = new Text(16);
      source.write(record, { uri: 'eventbridge:x', seq: page.seq }, doc, blank());
      found.push(Buffer.from(doc.slice()).toString());
    }
  }
  return found;
}

test('a finding in either format tells the owner of what it is about', async () => {
  const found = (
    await Promise.all(['guardduty', 'inspector', 'v2-guardduty'].map((name) => lines(name, sampled())))
  ).flat();
  expectGolden('joined/securityhub', found);
  const documents = found.map((line) => JSON.parse(line));
  for (const document of documents) {
    expect(ecsFaults(document)).toEqual([]);
    expect(document.cloud.account.name).toBeDefined();
  }
  expect(documents[0].asset).toMatchObject({ name: 'web-1', owner: 'team-a@example.com', match: 'exact' });
  expect(documents[1].asset).toMatchObject({ name: 'web-1', owner: 'team-a@example.com', match: 'exact' });
});

test('without a table findings are as they are without assets', async () => {
  await expect(lines('guardduty', NO_TABLE)).resolves.toEqual(await lines('guardduty', undefined));
});
