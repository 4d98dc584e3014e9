/** What the pipeline looks records up in, out of a test's `assets` and `places`. */
import { historyOf, type Run } from '../../../shared/asset/history.ts';
import { lookupIn } from '../../../shared/asset/lookup.ts';
import type { Asset, Coverage } from '../../../shared/asset/model.ts';
import { tableOf } from '../../../shared/asset/table.ts';
import { type Assets, assetTable } from '../../../shared/enrich/assets.ts';
import { type Geo, noGeo } from '../../../shared/enrich/geo.ts';
import { listIn } from '../../../shared/enrich/threat/lists.ts';
import type { Indicators } from '../../../shared/enrich/threat/match.ts';
import { indicatorTable } from '../../../shared/enrich/threat/table.ts';
import { type Literal, literal } from '../../../shared/text/text.ts';
import type { Json } from '../evaluate.ts';
import type { Tests } from './cases.ts';

/** Two looks, before and after the events. */
const LOOKS = ['2026-11-23T00:00:00Z', '2026-11-25T23:00:00Z'];
const ACCOUNT = '123456789012';

export interface World {
  readonly assets: Assets | undefined;
  readonly geo: Geo;
  readonly indicators: Indicators | undefined;
  /** Members of an asset as a record has them. */
  of(name: string): { readonly [key: string]: Json } | undefined;
  country(address: string): string | undefined;
}

/** Name of the threat list. */
export const LIST = 'test.txt';

export function worldOf({ assets, places, indicators }: Pick<Tests, 'assets' | 'places' | 'indicators'>): World {
  const all = Object.entries(assets).map(([name, given]) => [name, assetOf(name, given)] as const);
  const table = all.length === 0 ? undefined : tableWith(all.map(([, asset]) => asset));
  const byName = new Map(all);
  return {
    assets: table && { table, refresh() {} },
    geo: Object.keys(places).length === 0 ? noGeo : placesOf(places),
    indicators: indicators.length === 0 ? undefined : { table: threatTable(indicators), refresh() {} },
    of(name) {
      const asset = byName.get(name);
      return asset && shown(asset);
    },
    country: (address) => places[address],
  };
}

const threatTable = (lines: readonly string[]) => indicatorTable(listIn(LIST, lines.join('\n')).indicators);

/** An asset with the members that a test gives, and defaults for the others. */
export function assetOf(name: string, given: Readonly<Record<string, unknown>>): Asset {
  const { private: inside, public: outside, vpc, owner, exposure = 'none', ...more } = given;
  const texts = (value: unknown) => (value === undefined ? undefined : [String(value)]);
  const type = String(given.type);
  return {
    id: `arn:aws:test:eu-west-1:${ACCOUNT}:${name}`,
    idSynthetic: false,
    nativeId: name,
    class: 'compute',
    name,
    partition: 'aws',
    region: 'eu-west-1',
    account: { id: ACCOUNT },
    tags: {},
    security: {},
    relationships: [],
    firstSeen: LOOKS[0],
    lastChanged: LOOKS[0],
    state: 'active',
    hash: '',
    gaps: [],
    ...more,
    type,
    ...(owner !== undefined && { owner: { value: String(owner), source: 'tag', rule: 'owner', confidence: 90 } }),
    exposure: { level: exposure as Asset['exposure']['level'] },
    net: {
      ...(inside !== undefined && { private: texts(inside)! }),
      ...(outside !== undefined && { public: texts(outside)! }),
      ...(vpc !== undefined && { vpc: String(vpc) }),
    },
  } as Asset;
}

function shown({ id, type, name, owner, environment, criticality, exposure, net }: Asset): { [key: string]: Json } {
  return {
    id,
    type,
    name,
    exposure: exposure.level,
    ...(owner && { owner: owner.value }),
    ...(environment !== undefined && { environment }),
    ...(criticality !== undefined && { criticality }),
    ...(net.vpc !== undefined && { vpc: net.vpc }),
  };
}

const tableWith = (assets: readonly Asset[]) =>
  assetTable(lookupIn(tableOf(historyOf(LOOKS.map((at) => runOf(at, assets))))));

function runOf(at: string, assets: readonly Asset[]): Run {
  const scopes = new Map(
    assets.map(({ account, region, type }) => [`${account.id}/${region}/${type}`, { account, region, type }]),
  );
  for (const type of ['AWS::EC2::NetworkInterface', 'AWS::EC2::Instance', 'AWS::EC2::EIP']) {
    scopes.set(`${ACCOUNT}/eu-west-1/${type}`, { account: { id: ACCOUNT }, region: 'eu-west-1', type });
  }
  const counts = { calls: 1, pages: 1, items: 1, retries: 0, throttles: 0, ms: 60_000 };
  const startedAt = new Date(Date.parse(at) - 60_000).toISOString();
  const coverage = [...scopes].map(
    ([scope, { account, region, type }]): Coverage => ({
      scope,
      account: account.id,
      region,
      type,
      status: 'ok',
      startedAt,
      endedAt: at,
      ...counts,
    }),
  );
  return { manifest: { run: `run-${at}`, at, accounts: [{ id: ACCOUNT }], coverage }, assets };
}

function placesOf(countries: Readonly<Record<string, string>>): Geo {
  const rendered = new Map<string, Literal>(
    Object.entries(countries).map(([ip, code]) => [ip, literal(`"geo":{"country_iso_code":"${code}"},`)]),
  );
  return {
    rendered: (bytes, start, end) => rendered.get(Buffer.from(bytes.subarray(start, end)).toString()),
    of(ip) {
      const code = countries[ip];
      return code === undefined ? undefined : { geo: { country_iso_code: code } };
    },
  };
}
