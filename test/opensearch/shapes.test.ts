/** Documents can't conflict: every place of every source's records, in every shape of JSON, on a real node. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import * as cloudtrailFields from '../../functions/cloudtrail/fields.ts';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import * as dnsFields from '../../functions/dns/fields.ts';
import { dns } from '../../functions/dns/source.ts';
import * as guarddutyFields from '../../functions/guardduty/fields.ts';
import { guardduty } from '../../functions/guardduty/source.ts';
import * as inspectorFields from '../../functions/inspector/fields.ts';
import { inspector } from '../../functions/inspector/source.ts';
import * as macieFields from '../../functions/macie/fields.ts';
import { macie } from '../../functions/macie/source.ts';
import * as networkfirewallFields from '../../functions/networkfirewall/fields.ts';
import { networkfirewall } from '../../functions/networkfirewall/source.ts';
import * as securityhubFields from '../../functions/securityhub/fields.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import * as shieldFields from '../../functions/shield/fields.ts';
import { shield } from '../../functions/shield/source.ts';
import * as wafFields from '../../functions/waf/fields.ts';
import { waf } from '../../functions/waf/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Source } from '../../shared/model.ts';
import { sender } from '../../shared/sink/opensearch/client.ts';
import type { Field } from '../../shared/transform/rows.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { type Any, readAll, samplesOf } from '../source.ts';
import { groupsOf, placeOfPath, placesOf, reshaped, SHAPES } from './shapes.ts';

const options = { geo: { ...noGeo, of: noGeo.of, rendered: () => undefined }, route: [] } as const;

/** Rows of field maps, by the member that a record of theirs has. */
type Maps = Readonly<Record<string, readonly Field[]>>;

// biome-ignore lint/suspicious/noExplicitAny: sources of all kinds of records
const SOURCES: readonly (readonly [source: Source<any>, samples: string, index: string, maps: Maps])[] = [
  [cloudtrail(options), 'cloudtrail', 'aws-cloudtrail-2026.11.24', { eventID: cloudtrailFields.FIELDS }],
  [waf(options), 'waf', 'aws-waf-2026.11.24', { httpRequest: wafFields.FIELDS }],
  [dns(options), 'dns', 'aws-dns-2026.11.24', { query_name: dnsFields.FIELDS }],
  [
    networkfirewall(options),
    'networkfirewall',
    'aws-networkfirewall-2026.11.24',
    { event: networkfirewallFields.FIELDS },
  ],
  [guardduty(options), 'guardduty', 'aws-findings-history-2026.01', { service: guarddutyFields.FIELDS }],
  [
    securityhub(options),
    'securityhub',
    'aws-findings-history-2026.02',
    { ProductArn: securityhubFields.ASFF_FIELDS, class_uid: securityhubFields.OCSF_FIELDS },
  ],
  [inspector(options), 'inspector', 'aws-findings-history-2026.03', { findingArn: inspectorFields.FIELDS }],
  [macie(options), 'macie', 'aws-findings-history-2026.04', { category: macieFields.FIELDS }],
  [shield(options), 'shield', 'aws-findings-current', { AttackId: shieldFields.ATTACK_FIELDS }],
];

/** Records alone or in what holds several, with the event around them. */
function recordsIn(sample: Buffer): Any[] {
  const text = sample.toString();
  const parse = (json: string): Any[] => {
    try {
      return [JSON.parse(json)];
    } catch {
      return [];
    }
  };
  const whole = parse(text);
  const values = whole.length > 0 ? whole.flat() : text.split('\n').flatMap(parse);
  return values
    .filter((value) => typeof value === 'object' && value !== null)
    .flatMap((value) => value.Records ?? value.Findings ?? value.findings ?? [value]);
}

/** Where a record stands in an event. */
const prefixOf = (record: Any): string =>
  Array.isArray(record.detail?.findings)
    ? 'detail.findings.0.'
    : record.detail
      ? 'detail.'
      : record.Attack
        ? 'Attack.'
        : '';

const at = (record: Any, prefix: string): Any =>
  prefix.split('.').reduce((value, name) => (name === '' ? value : value?.[name]), record);

interface Work {
  readonly record: Any;
  readonly places: readonly string[];
  readonly shapes: readonly string[];
}

const ALL = Object.keys(SHAPES);
/** Places that no row reads are copied as they are: some shapes each will do. */
const someOf = (number: number): string[] => ALL.filter((_, at) => at % 7 === number % 7);

/** Each place once, in the first record that has it; those that rows read also where no sample has them. */
function workOf(samples: string, maps: Maps): Work[] {
  const seen = new Set<string>();
  const records = samplesOf(samples).flatMap(([, content]) => recordsIn(content));
  const kinds = Object.keys(maps);
  const kindOf = (record: Any) => kinds.find((member) => at(record, prefixOf(record))?.[member] !== undefined) ?? '';
  const read = kinds.flatMap((member) => {
    const record = records.find((each) => kindOf(each) === member);
    if (record === undefined) throw new Error(`no sample has ${member}`);
    const paths = maps[member].flatMap(([, paths]) => paths ?? []).filter((path) => !path.startsWith('derived.'));
    const places = new Set(paths.map((path) => prefixOf(record) + placeOfPath(path)));
    for (const place of places) seen.add(member + place);
    return { record, places: [...places], shapes: ALL };
  });
  const others = records.map((record, number) => {
    const kind = kindOf(record);
    const places = placesOf(record).filter((place) => !seen.has(kind + place) && seen.add(kind + place));
    return { record, places, shapes: someOf(number) };
  });
  return [...read, ...others];
}

const AT_ONCE = 40;
const MAX_BYTES = 4 << 20;

interface Tried {
  readonly what: string;
  readonly line: string;
}

await onNode('every field in every shape', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const send = sender(access);

  /** What was refused, and why. */
  async function refused(index: string, tried: readonly Tried[]): Promise<string[]> {
    const faults: string[] = [];
    for (let first = 0, end = 0; first < tried.length; first = end) {
      let body = '';
      while (end < tried.length && body.length < MAX_BYTES)
        body += `{"index":{"_index":"${index}"}}\n${tried[end++].line}\n`;
      const answer = await send(
        {
          method: 'POST',
          path: '/_bulk',
          querystring: { filter_path: 'items.*.status,items.*.error' },
          body: Buffer.from(body),
          headers: { 'content-type': 'application/x-ndjson' },
        },
        60_000,
        new AbortController().signal,
      );
      const { items = [] } = answer.body as { items?: readonly { index?: { error?: Any } }[] };
      items.forEach(({ index: item }, at) => {
        if (item?.error) faults.push(`${tried[first + at].what}: ${JSON.stringify(item.error).slice(0, 300)}`);
      });
    }
    return faults;
  }

  beforeAll(() => putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access)));

  test.each(SOURCES)('$name: none is refused', async (source, samples, index, maps) => {
    const tried: Tried[] = [];
    let count = 0;
    const take = async (record: Any, places: readonly string[], shape: string): Promise<boolean> => {
      const { lines, refused } = await readAll(source, reshaped(record, places, SHAPES[shape]));
      if (refused.length > 0) return false;
      for (const line of lines) tried.push({ what: `${places.join(' ')} as ${shape}`, line });
      return true;
    };
    for (const { record, places, shapes } of workOf(samples, maps)) {
      for (const group of groupsOf(places, AT_ONCE)) {
        for (const shape of shapes) {
          count += group.length;
          if (!(await take(record, group, shape))) for (const place of group) await take(record, [place], shape);
        }
      }
    }
    expect(count).toBeGreaterThan(400);
    expect(tried.length).toBeGreaterThan(200);
    expect(await refused(index, tried)).toEqual([]);
  });
});
