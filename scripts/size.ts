/** `npm run size`: what an estate's logs need in OpenSearch and cost a month, before anything is deployed. */
import { JSON_HELP, none, run, UsageError, type Values } from './command.ts';
import { type Estate, type Estimate, estimate, MEASURED, PRICES } from './size/estimate.ts';

const SOURCES = Object.keys(MEASURED.sources);

const volumes = Object.fromEntries(SOURCES.map((source) => [source, { type: 'string' } as const]));
const options = {
  ...volumes,
  retention: { type: 'string', default: 'hot=7d,warm=30d,cold=365d' },
  replicas: { type: 'string', default: '1' },
  joined: { type: 'boolean', default: false },
  'before-3.1': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = Values<typeof options>;

const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };

/** In: `500GB/day`. Out: bytes. Throws UsageError. */
function bytesOf(option: string, text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(MB|GB|TB)(?:\/day)?$/.exec(text) ?? [];
  if (unit === undefined) throw new UsageError(`--${option} is "${text}": expected a volume such as 500GB/day.`);
  return Number(amount) * UNITS[unit];
}

/** In: `hot=7d,warm=30d`. Throws UsageError. */
function retentionOf(text: string): Estate['retention'] {
  const wrong = new UsageError(
    `--retention is "${text}": expected ages that grow, such as hot=7d,warm=30d,cold=365d; warm and cold may be left out.`,
  );
  const found: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [, tier, days] = /^(hot|warm|cold)=([1-9]\d{0,4})d$/.exec(part) ?? [];
    if (tier === undefined || found[tier] !== undefined) throw wrong;
    found[tier] = Number(days);
  }
  const { hot = 0, warm = hot, cold = warm } = found;
  if (hot < 1 || warm < hot || cold < warm || (found.cold !== undefined && found.warm === undefined)) throw wrong;
  return { hot, warm, cold };
}

function estateOf(values: Options): Estate {
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const delivered = Object.fromEntries(
    SOURCES.flatMap((source) => {
      const text = given[source];
      return typeof text === 'string' ? [[source, bytesOf(source, text)]] : [];
    }),
  );
  if (Object.keys(delivered).length === 0) throw new UsageError('Missing a volume, such as --flowlogs 500GB/day.');
  if (!/^[0-3]$/.test(values.replicas)) throw new UsageError(`--replicas is "${values.replicas}": expected 0 to 3.`);
  return {
    delivered,
    retention: retentionOf(values.retention),
    replicas: Number(values.replicas),
    isJoined: values.joined,
    isOld: values['before-3.1'],
  };
}

/** Three digits: the estimate has no more. */
function size(bytes: number): string {
  const [unit, value] = bytes >= 1e12 ? ['TB', bytes / 1e12] : ['GB', bytes / 1e9];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

const dollars = (amount: number): string => `$${Math.round(amount).toLocaleString('en')}`;
const nodes = ({ type, count }: { type: string; count: number }): string =>
  count === 0 ? 'none' : `${count} × ${type}`;

function lines({ sources, tiers, domain, cost }: Estimate): readonly string[] {
  const row = (...cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(16))).join('');
  const total = Object.values(cost).reduce((sum, each) => sum + each, 0);
  return [
    row('source', 'documents/day', 'bytes/day', 'shards', 'index'),
    ...sources.map(({ source, documents, bytes, shards, period }) =>
      row(source, Math.round(documents).toLocaleString('en'), size(bytes), String(shards), `each ${period}`),
    ),
    '',
    ...Object.entries(tiers).map(([tier, bytes]) => row(tier, size(bytes))),
    '',
    `data nodes      ${nodes(domain.data)}, ${domain.volumeGib} GiB gp3 each`,
    `master nodes    ${nodes(domain.masters)}`,
    `warm nodes      ${nodes(domain.warm)}`,
    '',
    ...Object.entries(cost).map(([name, amount]) => row(name, dollars(amount))),
    row('a month', dollars(total)),
    '',
    `Prices: on demand, ${PRICES.region}, ${PRICES.date}, scripts/size/prices.json. Sizes: measured ${MEASURED.date}, scripts/size/measured.json.`,
    ...sources
      .filter(({ period }) => period === 'month')
      .map(({ source }) => `${source}: little data. Set ${source}IndexPeriod: month.`),
  ];
}

await run({
  help: {
    usage: ['size -- --<source> <volume>… [options]'],
    about: `Estimates what logs need in Amazon OpenSearch Service and cost a month: documents, bytes per tier, shards, nodes, Lambda.
A volume is what AWS delivers a day, unzipped: 500GB/day, 1.5TB/day. How it is calculated: docs/explanation/sizing.md.`,
    options: {
      ...Object.fromEntries(SOURCES.map((source) => [`--${source} <n>`, `volume of ${source}`])),
      '--retention <ages>': 'the age at which data leaves a tier (default: hot=7d,warm=30d,cold=365d)',
      '--replicas <n>': 'copies of hot data beside the first (default: 1)',
      '--joined': 'documents have countries, networks and assets',
      '--before-3.1': 'for an engine before OpenSearch 3.1, which stores flow logs in more bytes',
      ...JSON_HELP,
    },
  },
  options,
  async run(values, positionals) {
    none(positionals);
    const result = estimate(estateOf(values));
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${lines(result).join('\n')}\n`);
    return 0;
  },
});
