/** What follows from detections. That it is as committed: test/scripts/generate.test.ts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkAll } from '../../scripts/detections/check.ts';
import { generated, MONITORS } from '../../scripts/detections/generate.ts';
import { library, ROOT } from '../../scripts/detections/load.ts';
import { parseConf } from '../../scripts/splunk/conf.ts';

const all = library();
const files = generated(all);

test('every detection has what it needs, and none repeats another', () => {
  expect(() => checkAll(all.kept, all.lists)).not.toThrow();
  expect(all.kept.length).toBeGreaterThanOrEqual(80);
});

test('there is no monitor of a detection that is gone', () => {
  const names = readdirSync(join(ROOT, MONITORS)).map((name) => `${MONITORS}/${name}`);
  expect(names.filter((name) => !files.has(name))).toEqual([]);
});

describe('the saved searches', () => {
  const path = 'splunk/bongsu/default/savedsearches.conf';
  const conf = parseConf(files.get(path)!, path);
  const titles = all.kept.map(({ detection }) => `Bongsu - ${detection.title}`);
  test('have a stanza each, disabled, with suppression and annotations', () => {
    for (const title of titles) {
      const stanza = conf.get(title);
      expect([title, stanza?.get('disabled'), stanza?.get('alert.suppress')]).toEqual([title, '1', '1']);
      expect(stanza?.get('action.correlationsearch.annotations')).toContain('mitre_attack');
      expect(stanza?.get('search')).toContain('_index_earliest=');
    }
  });
});

test('a monitor fires per key, looks at when documents came in, and has no template but its window', () => {
  for (const { detection } of all.kept) {
    const monitor = JSON.parse(files.get(`${MONITORS}/${detection.name}.json`)!);
    const [{ bucket_level_trigger: trigger }] = monitor.triggers;
    expect(trigger.actions[0].action_execution_policy.action_execution_scope.per_alert.actionable_alerts).toEqual([
      'NEW',
    ]);
    const query = JSON.stringify(monitor.inputs);
    expect(query).toContain('"event.ingested"');
    expect(query.replaceAll('{{period_end}}', '')).not.toContain('{{');
  }
});
