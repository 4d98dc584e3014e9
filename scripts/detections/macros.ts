/** Macros of the searches: where each source's events are, allow-lists, look-ups. People change them in their app's `local/`. */
import { isIP } from 'node:net';
import { ASSET_MEMBERS } from './enriched.ts';
import { PLACES } from './logsources.ts';
import type { Lists } from './model.ts';

export const BEGIN = '# detections: written by `npm run detections -- generate`, changes go into local/macros.conf';
export const END = '# end of detections';

interface Macro {
  readonly args?: readonly string[];
  readonly definition: string;
  readonly description: string;
}

export function macrosOf(lists: Lists): Readonly<Record<string, Macro>> {
  const sources = PLACES.map(({ service, splunk }): [string, Macro] => [
    `bongsu_${service}`,
    {
      definition: `\`bongsu_index_${splunk.index}\` sourcetype="${splunk.sourcetype}"`,
      description: `Where the events of ${service} are`,
    },
  ]);
  const known = Object.entries(lists).flatMap(([name, values]): [string, Macro][] => {
    const of = (all: readonly string[]): Macro => ({
      args: ['field'],
      definition: listDefinition(all),
      description: `detections/lists/${name}.yml`,
    });
    return [
      [`bongsu_list_${name}`, of(values)],
      [`bongsu_list_${name}_dotted`, of(values.flatMap((value) => [value, `${value}.`]))],
      [`bongsu_list_${name}_within`, of(values.map((value) => `*${value}*`))],
    ];
  });
  const outputs = ASSET_MEMBERS.filter((name) => !['vpc', 'match'].includes(name));
  const renamed = outputs.map((name) => `${name} AS "$prefix$.${name}"`).join(' ');
  return {
    ...Object.fromEntries([...sources, ...known]),
    bongsu_add_asset: {
      args: ['key', 'prefix'],
      definition: `eval bongsu_key=mvindex($key$, 0) | lookup bongsu_assets key AS bongsu_key OUTPUT ${renamed}`,
      description: 'Whose an id or an address is: a look-up that the app fills from the inventory',
    },
    bongsu_add_place: {
      args: ['field'],
      definition: '`bongsu_country("$field$")` | rename country_iso_code AS "source.geo.country_iso_code"',
      description: 'Where an address is',
    },
  };
}

/** An empty list fits nothing. */
function listDefinition(values: readonly string[]): string {
  if (values.length === 0) return '("$field$"="*" "$field$"!="*")';
  return `(${values.map((value) => `"$field$"="${isIP(value) ? value : value.replaceAll('"', '\\"')}"`).join(' OR ')})`;
}

/** The part of macros.conf that is ours. */
export function macrosText(lists: Lists): string {
  const stanzas = Object.entries(macrosOf(lists)).map(([name, { args = [], definition, description }]) => {
    const title = args.length === 0 ? name : `${name}(${args.length})`;
    const given = args.length === 0 ? '' : `args = ${args.join(', ')}\n`;
    return `# ${description}\n[${title}]\n${given}definition = ${definition}\niseval = 0\n`;
  });
  return `${BEGIN}\n${stanzas.join('\n')}${END}\n`;
}
