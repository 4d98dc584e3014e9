import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseConf } from '../../../scripts/splunk/conf.ts';
import { dashboards } from '../../../scripts/splunk/dashboards/all.ts';
import { type Checkable, faultsOf, type Known } from '../../../scripts/splunk/dashboards/check.ts';
import { definition, view } from '../../../scripts/splunk/dashboards/definition.ts';
import type { Any } from '../../source.ts';
import { type Validator, validator } from './validator.ts';

const app = join(import.meta.dirname, '../../../splunk/bongsu/default');
const views = join(app, 'data/ui/views');
const stanzas = (file: string) => parseConf(readFileSync(join(app, file), 'utf8'), file);

let splunk: Validator | undefined;
let missing = '';
let known: Known;

beforeAll(async () => {
  try {
    splunk = await validator();
  } catch (error) {
    missing = `Splunk's validator could not be installed: ${(error as Error).message.split('\n')[0]}`;
    if (process.env.CI === 'true') throw error;
  }
  const isLookup = (settings: ReadonlyMap<string, string>) => settings.has('external_type') || settings.has('filename');
  known = {
    options: (await splunk?.options()) ?? {},
    macros: new Set(stanzas('macros.conf').keys()),
    lookups: new Set(
      [...stanzas('transforms.conf')].filter(([, settings]) => isLookup(settings)).map(([name]) => name),
    ),
    views: new Set(readdirSync(views).map((file) => file.replace('.xml', ''))),
  };
}, 600_000);

const checked = (made: unknown) => faultsOf(made as Checkable, known);

describe.each(dashboards)('$id', (dashboard) => {
  test('the view is what its source makes: npm run splunk:views', () => {
    expect(readFileSync(join(views, `${dashboard.id}.xml`), 'utf8')).toBe(view(dashboard));
  });

  test("is in the app's menu", () => {
    expect(readFileSync(join(app, 'data/ui/nav/default.xml'), 'utf8')).toContain(`<view name="${dashboard.id}"`);
  });

  test('leads nowhere that does not exist', () => {
    if (splunk === undefined) return console.warn(`skipped: ${missing}`);
    expect(checked(definition(dashboard))).toEqual([]);
  });
});

test("Splunk's validator finds no fault in any", async () => {
  if (splunk === undefined) return console.warn(`skipped: ${missing}`);
  const all = Object.fromEntries(dashboards.map((each) => [each.id, definition(each)]));
  const faults = await splunk.faults(all);
  expect(faults).toEqual(Object.fromEntries(dashboards.map(({ id }) => [id, []])));
});

type Change = (made: Any) => void;

describe('a mistake is found', () => {
  const changed = (change: Change): Any => {
    const made = structuredClone(definition(dashboards[0])) as Any;
    change(made);
    return made;
  };

  test.each<[string, Change]>([
    ['an unknown type of panel', ({ visualizations }) => (visualizations.viz_newest.type = 'splunk.tabel')],
    [
      'a wrong value of an option',
      ({ visualizations }) => (visualizations.viz_findings_time.options.stackMode = 'piled'),
    ],
    ['a panel that is placed and does not exist', ({ visualizations }) => delete visualizations.viz_newest],
    ['an input that does not exist', ({ inputs }) => delete inputs.input_time],
    ['an unknown kind of search', ({ dataSources }) => (dataSources.ds_newest.type = 'ds.serach')],
  ])("by Splunk's validator: %s", async (_, change) => {
    if (splunk === undefined) return console.warn(`skipped: ${missing}`);
    expect((await splunk.faults({ it: changed(change) })).it.length).toBeGreaterThan(0);
  });

  test.each<[string, Change, string]>([
    ['a misspelt option', ({ visualizations: v }) => (v.viz_newest.options.cuont = 1), 'sets cuont'],
    [
      'a data source that does not exist',
      ({ visualizations: v }) => (v.viz_newest.dataSources.primary = 'ds_x'),
      'shows ds_x',
    ],
    ['a panel without data', ({ visualizations: v }) => (v.viz_newest.dataSources = {}), 'has no data source'],
    ['a search without a query', ({ dataSources: d }) => delete d.ds_newest.options.query, 'has no query'],
    ['a chain from nowhere', ({ dataSources: d }) => (d.ds_critical.options.extend = 'base_x'), 'which does not exist'],
    [
      'a chain from a chain',
      ({ dataSources: d }) => (d.ds_critical.options.extend = 'ds_high'),
      'not a search of its own',
    ],
    [
      'a chain that begins anew',
      ({ dataSources: d }) => (d.ds_critical.options.query = 'index=x'),
      'does not begin with |',
    ],
    ['a token of no input', ({ dataSources: d }) => (d.ds_newest.options.query += ' | search a=$nobody$'), '$nobody$'],
    [
      'an unknown formatter',
      ({ visualizations: v }) => (v.viz_critical.options.majorColor = '> majorValue | rangeValeu(ranges)'),
      'rangeValeu',
    ],
    ['a name outside of the context', ({ visualizations: v }) => (v.viz_critical.context = {}), 'not in its context'],
    [
      'an unknown event handler',
      ({ visualizations: v }) => (v.viz_critical.eventHandlers[0].type = 'drilldown.url'),
      'event handler',
    ],
    [
      'a view that does not exist',
      ({ visualizations: v }) => (v.viz_critical.eventHandlers[0].options.url = '/app/bongsu/x'),
      'opens the view x',
    ],
    [
      'a macro that does not exist',
      ({ dataSources: d }) => (d.ds_newest.options.query = '`bongsu_nothing` | head'),
      'bongsu_nothing',
    ],
    [
      'a lookup that does not exist',
      ({ dataSources: d }) => (d.ds_newest.options.query += ' | lookup nothing a'),
      'the lookup nothing',
    ],
    ['an open bracket', ({ dataSources: d }) => (d.ds_newest.options.query += ' | where (a=1'), 'bracket open'],
    ['panels that overlap', ({ layout }) => (layout.structure[1].position.x = 0), 'overlap'],
    ['a panel outside of the page', ({ layout }) => (layout.structure[0].position.x = 1190), 'outside'],
    ['a search that nothing shows', ({ dataSources: d }) => (d.ds_more = d.ds_newest), 'used by nothing'],
  ])('by our own: %s', (_, change, said) => {
    if (splunk === undefined) return console.warn(`skipped: ${missing}`);
    expect(checked(changed(change)).join('\n')).toContain(said);
  });
});
