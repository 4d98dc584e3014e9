/** Rows for pictures, counted the way the panels' searches count: the demo's events with the fields that the add-on's rules give. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type CountryResponse, Reader } from 'mmdb-lib';
import { demoEvents, sampleEvents } from '../../../../test/splunk/events.ts';
import { loadApps } from '../../../../test/splunk/props/app.ts';
import { searched } from '../../../../test/splunk/props/event.ts';
import { listOf, textOf } from '../../../../test/splunk/spl/value.ts';

export type Row = Readonly<Record<string, string | number>>;

export interface Event {
  readonly time: number;
  /** Empty where the event does not have the field; the first one of several values. */
  get(name: string): string;
}

const splunk = join(import.meta.dirname, '../../../../splunk');

/** All of the demo, and the samples of findings, with whose kinds one hour's incident is too small a picture. */
export async function events(): Promise<readonly Event[]> {
  const app = loadApps(join(splunk, 'bongsu'), join(splunk, 'bongsu_aws'));
  const names = [
    ...(['guardduty', 'securityhub', 'inspector', 'macie', 'cloudtrail'] as const),
    ...(['networkfirewall', 's3access'] as const), // which the incident has no part in
  ];
  const samples = (await Promise.all(names.map(sampleEvents))).flat();
  return [...(await demoEvents()), ...samples].map((event) => {
    const fields = searched(event, app);
    const value = (name: string) => textOf(listOf(fields.get(name) ?? null)[0] ?? null) ?? '';
    const get = (name: string) => (name === 'src_country' ? value(name) || countryOf(value('src')) : value(name));
    return { time: event.time ?? 0, get };
  });
}

/** The demo's attackers have addresses of documentation, which are nowhere. */
const NOWHERE: readonly (readonly [string, string])[] = [
  ['203.0.113.', 'CH'],
  ['198.51.100.', 'BR'],
  ['192.0.2.', 'NL'],
];
const database = createRequire(import.meta.url).resolve(
  '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
);
const countries = new Reader<CountryResponse>(readFileSync(database));

/** The demo's WAF records have no country, AWS's do. */
function countryOf(address: string): string {
  const made = NOWHERE.find(([prefix]) => address.startsWith(prefix))?.[1];
  if (made !== undefined || !/^[\d.]+$/.test(address)) return made ?? '';
  const found = countries.get(address) as { country_code?: string } | null;
  return found?.country_code ?? '';
}

/** How many of each combination, most first. */
export function counts(events: readonly Event[], by: readonly string[], limit = 1000): Row[] {
  const found = new Map<string, Record<string, string | number>>();
  for (const event of events) {
    const values = by.map(event.get);
    const row = found.get(values.join('\n')) ?? {
      ...Object.fromEntries(by.map((name, at) => [name, values[at]])),
      count: 0,
    };
    row.count = Number(row.count) + 1;
    found.set(values.join('\n'), row);
  }
  return most([...found.values()], 'count', limit);
}

export const most = (rows: readonly Row[], by: string, limit: number): Row[] =>
  rows.toSorted((a, b) => Number(b[by]) - Number(a[by])).slice(0, limit);

const SPAN_MS = 300_000;
/** The demo's hour; samples may be older. */
const END = Date.parse('2026-11-24T13:45:00Z');
const WINDOW_MS = 65 * 60_000;

/** A row for every five minutes, a column for each value of `by`. `of`: what an event adds, 1 by default. */
export function overTime(
  events: readonly Event[],
  by: string,
  order: readonly string[] = [],
  of = (_: Event) => 1,
): Row[] {
  const names = [...new Set([...order, ...events.map((event) => event.get(by))])].filter((name) => name !== '');
  const used = names.filter((name) => events.some((event) => event.get(by) === name));
  const first = END - WINDOW_MS;
  const rows: Record<string, string | number>[] = [];
  for (let at = first; at < END; at += SPAN_MS) {
    rows.push({ _time: new Date(at).toISOString(), ...Object.fromEntries(used.map((name) => [name, 0])) });
  }
  for (const event of events) {
    const row = rows[Math.floor((event.time - first) / SPAN_MS)];
    const name = event.get(by);
    if (row !== undefined && name !== '') row[name] = Number(row[name]) + of(event);
  }
  return rows;
}

/** A row for each value of `by`, a column for each value of `split`. */
export function matrix(events: readonly Event[], by: string, split: string, order: readonly string[]): Row[] {
  const used = order.filter((name) => events.some((event) => event.get(split) === name));
  return counts(events, [by]).map(({ [by]: value }) => ({
    [by]: value,
    ...Object.fromEntries(
      used.map((name) => [name, events.filter((e) => e.get(by) === value && e.get(split) === name).length]),
    ),
  }));
}

export const one = (count: number): Row[] => [{ count }];
export const clock = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
export const distinct = (events: readonly Event[], name: string): number =>
  new Set(events.map((event) => event.get(name))).size;

export function groups(events: readonly Event[], by: (event: Event) => string): [string, Event[]][] {
  const found = new Map<string, Event[]>();
  for (const event of events) found.set(by(event), [...(found.get(by(event)) ?? []), event]);
  return [...found];
}
