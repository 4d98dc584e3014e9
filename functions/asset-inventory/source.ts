/**
 * The inventory's own records → OpenSearch and Splunk. In: lines of publish/feed.ts.
 * Each state of an asset is stored once, and its newest state also in `aws-assets-current`. Changes and rows of the coverage
 * report are events. A state is published when it changed, and once a day.
 */

import { json } from '../../shared/decode/json.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Facts, Outcome, Severity, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import {
  compile,
  epochMs,
  type Field,
  isObject,
  type JsonObject,
  override,
  parse,
} from '../../shared/transform/objects/compile.ts';
import { CHANGE_FIELDS, COVERAGE_FIELDS, STATE_FIELDS } from './fields.ts';

export interface AssetsOptions {
  readonly route: readonly SinkName[];
  /** Rows that add to or replace those of the field map of states. */
  readonly fields?: readonly Field[];
}

interface Kind {
  readonly member: 'asset' | 'change' | 'row';
  readonly fields: readonly Field[];
  readonly sourcetype: string;
  /** Fills the facts that differ between kinds, and returns the values that rows find under `derived`. */
  derive(of: JsonObject, facts: Facts): object;
}

const KINDS: Readonly<Record<string, Kind>> = {
  state: { member: 'asset', fields: STATE_FIELDS, sourcetype: 'bongsu:asset', derive: ofState },
  change: { member: 'change', fields: CHANGE_FIELDS, sourcetype: 'bongsu:asset:change', derive: ofChange },
  coverage: { member: 'row', fields: COVERAGE_FIELDS, sourcetype: 'bongsu:asset:coverage', derive: ofCoverage },
};

/** Throws ConfigError for a row of `fields` that does not compile. */
export function assets({ route, fields = [] }: AssetsOptions): Source<Bytes> {
  const documents = Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [name, compile(override(kind.fields, name === 'state' ? fields : []))]),
  );
  return {
    ...streamOf('asset-inventory'),
    decode: json({}),
    write(record, _from, doc, facts) {
      const line = parse(record);
      const kind = KINDS[String(line.kind)];
      const of = kind && line[kind.member];
      const time = epochMs(line.at);
      if (!isObject(of)) throw new DecodeError('the record is of no kind that is known', { kind: line.kind });
      if (typeof line.id !== 'string' || time === undefined) throw new DecodeError('the record has no id or no time');
      facts.id = line.id;
      facts.time = time;
      facts.sourcetype = kind.sourcetype;
      facts.account = String(line.vendor_account ?? '');
      facts.region = String(line.vendor_region ?? '');
      const derived = kind.derive(of, facts);
      doc.json(documents[String(line.kind)]({ ...line, derived }));
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

const textsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Severity: assets that are on the internet or critical come first. */
const OF_CRITICALITY: Readonly<Record<string, Severity>> = { critical: 'medium', high: 'low' };

/** ECS categories exist for few of the asset classes. */
const CATEGORIES: Readonly<Record<string, string>> = {
  compute: 'host',
  container: 'host',
  network: 'network',
  dns: 'network',
  edge: 'network',
  identity: 'iam',
  org: 'iam',
  database: 'database',
};

function ofState(asset: JsonObject, facts: Facts): object {
  const net = isObject(asset.net) ? asset.net : {};
  facts.current = String(asset.id);
  facts.version = facts.time;
  facts.severity = OF_CRITICALITY[String(asset.criticality)] ?? 'informational';
  return {
    kind: 'state',
    action: asset.state,
    categories: [CATEGORIES[String(asset.class)] ?? 'configuration'],
    types: ['info'],
    message: `${asset.type} ${asset.name} is ${asset.state}`,
    ips: [...textsIn(net.private), ...textsIn(net.public), ...textsIn(net.v6)],
    // https://www.elastic.co/docs/reference/ecs/ecs-host#field-host-mac
    macs: textsIn(net.mac).map((mac) => mac.toUpperCase().replaceAll(':', '-')),
    tags: Object.entries(isObject(asset.tags) ? asset.tags : {}).map(([key, value]) => `${key}=${value}`),
  };
}

interface Telling {
  readonly types: readonly string[];
  readonly severity: Severity;
  readonly says: string;
}

const CHANGES: Readonly<Record<string, Telling>> = {
  created: { types: ['creation'], severity: 'low', says: 'was created' },
  undeleted: { types: ['creation'], severity: 'low', says: 'is there again' },
  deleted: { types: ['deletion'], severity: 'low', says: 'was deleted' },
  changed: { types: ['change'], severity: 'low', says: 'was changed' },
  exposure_changed: { types: ['change'], severity: 'low', says: 'is exposed otherwise' },
  owner_changed: { types: ['change'], severity: 'low', says: 'has another owner' },
  baseline: { types: ['info'], severity: 'informational', says: 'was looked at for the first time' },
  suspicious_drop: {
    types: ['info'],
    severity: 'high',
    says: 'lost many assets at once, none of them is taken for deleted',
  },
};

function ofChange(change: JsonObject, facts: Facts): object {
  const { types, severity, says } = CHANGES[String(change.kind)] ?? CHANGES.changed;
  const asset = isObject(change.asset) ? change.asset : {};
  const to = isObject(change.exposure) && isObject(change.exposure.to) ? change.exposure.to.level : undefined;
  facts.severity = to === 'internet' ? 'high' : severity;
  facts.outcome = 'success';
  return {
    kind: severity === 'high' ? 'alert' : 'event',
    action: change.kind,
    categories: ['configuration'],
    types,
    outcome: 'success',
    message: `${asset.type} ${asset.name} ${says}${to === undefined ? '' : `: ${to}`}`,
    diff: textsOf(change.diff),
  };
}

/** Turns values of any type into text, since the index holds text. */
const textsOf = (diff: unknown): object => ({
  paths: Object.fromEntries(
    (Array.isArray(diff) ? diff : []).filter(isObject).map(({ path, ...values }) => [String(path), values]),
  ),
});

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  ok: 'success',
  empty: 'success',
  not_applicable: 'success',
  region_disabled: 'success',
};

function ofCoverage(row: JsonObject, facts: Facts): object {
  const outcome = OUTCOMES[String(row.status)] ?? 'failure';
  const isBlind = outcome === 'failure' || textsIn(row.missing).length > 0;
  facts.outcome = outcome;
  facts.severity = isBlind ? 'medium' : 'informational';
  return {
    kind: 'metric',
    action: 'coverage',
    categories: ['configuration'],
    types: ['info'],
    outcome,
    message: `${row.scope}: ${row.status}`,
  };
}
