/**
 * The parameters of a deployment, as a user gives them in `serverless.yml` (`params`) or with `--param name=value`.
 * In: raw values, texts or YAML. Out: typed values, and one sentence for each that is wrong or unknown. What they mean: docs/deploy.md.
 */

/** What a parameter accepts. `parse` gives undefined for a value it refuses; `fallback` stands in for one not given. */
interface Parameter<T> {
  readonly expected: string;
  readonly fallback: T;
  parse(given: unknown): T | undefined;
}

const matching = (expected: string, pattern: RegExp, fallback = ''): Parameter<string> => ({
  expected,
  fallback,
  parse: (given) => (pattern.test(text(given)) ? text(given) : undefined),
});

const oneOf = <T extends string, F extends string>(words: readonly T[], fallback: F): Parameter<T | F> => ({
  expected: either(words),
  fallback,
  parse: (given) => words.find((word) => word === given),
});

const wholeNumber = (least: number, most: number, unit: string, fallback: number): Parameter<number> => ({
  expected: `a whole number of ${unit} from ${least} to ${most}`,
  fallback,
  parse: (given) => (within(Number(text(given)), least, most) ? Number(given) : undefined),
});

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** A YAML list, or a text with commas between. */
const listOf = <T>(expected: string, item: Parameter<T>, fallback: readonly T[] = []): Parameter<readonly T[]> => ({
  expected,
  fallback,
  parse: (given) => {
    const parts = Array.isArray(given)
      ? given
      : text(given)
          .split(',')
          .map((part) => part.trim());
    const values = parts.flatMap((part) => item.parse(part) ?? []);
    return values.length === parts.length && new Set(values).size === parts.length ? values : undefined;
  },
});

/** Field-map rows, `[target, path]` or `[target, path, cast]`, as YAML or as JSON text. Out: JSON text. */
const rows: Parameter<string> = {
  expected: 'a list of field-map rows, each [target, path] or [target, path, cast]',
  fallback: '',
  parse: (given) => {
    const value = typeof given === 'string' ? json(given) : given;
    return Array.isArray(value) && value.every(isRow) ? JSON.stringify(value) : undefined;
  },
};

const isRow = (row: unknown): boolean =>
  Array.isArray(row) && within(row.length, 2, 3) && row.every((part) => typeof part === 'string' && part !== '');

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined; // refused like any other value that is not a list
  }
}

/** YAML reads an account as a number. */
const text = (given: unknown): string =>
  typeof given === 'number' ? String(given) : typeof given === 'string' ? given : '';

const either = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' or $1');

const arn = (service: string, resource: string, expected: string): Parameter<string> =>
  matching(expected, new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`));

const key = arn('kms', 'key/[\\w-]+', 'the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>');
const secret = arn(
  'secretsmanager',
  // IAM matches the whole ARN: without its last six characters the Lambda could not read the secret.
  'secret:.+-[A-Za-z0-9]{6}',
  'the whole ARN of a secret, arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>',
);
const pem = matching('the path of a PEM file inside the package', /^\S+\.(pem|crt)$/);

// Plain HTTP shows the credentials to everyone on the way, so it may only lead to this machine.
const endpoint = 'https://[^\\s,/@]+|http://(127\\.0\\.0\\.1|localhost)(:\\d+)?';
const folder = 'file:[^\\s,]+';

export const sourceNames = ['flowlogs', 'guardduty'] as const;
export type SourceName = (typeof sourceNames)[number];

const sinkNames = ['opensearch', 'splunk'] as const;
export type SinkName = (typeof sinkNames)[number];

const common = {
  sources: listOf(`a list of ${either(sourceNames)}`, oneOf(sourceNames, 'flowlogs'), sourceNames),

  logBucket: matching(
    'create or the name of an existing bucket',
    /^(create|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/,
    'create',
  ),
  logAccounts: listOf('a list of 12-digit account numbers', matching('an account', /^\d{12}$/)),
  logEvents: oneOf(['sns', 'eventbridge'], ''),
  logTopicArn: arn('sns', '[\\w-]+', 'the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>'),
  logKeyArn: key,

  opensearchUrl: matching(
    'create, an https address without a path, or file:<folder>',
    new RegExp(`^(create|${folder}|${endpoint})$`),
  ),
  opensearchAuth: oneOf(['es', 'aoss', 'basic'], 'es'),
  opensearchArn: arn(
    '(es|aoss)',
    '(domain|collection)/[\\w-]+',
    'the ARN of a domain, arn:aws:es:<region>:<account>:domain/<name>, or of a collection, arn:aws:aoss:<region>:<account>:collection/<id>',
  ),
  opensearchSecretArn: secret,
  opensearchCaFile: pem,
  opensearchBootstrap: oneOf(['on', 'off'], 'on'),
  opensearchNetwork: oneOf(['vpc', 'public'], 'vpc'),
  opensearchInstanceType: matching(
    'an instance type of OpenSearch Service, such as r7g.large.search',
    /^[a-z0-9]+\.[a-z0-9]+\.search$/,
    'r7g.large.search',
  ),
  opensearchInstanceCount: wholeNumber(1, 80, 'data nodes', 3),
  opensearchVolumeGib: wholeNumber(10, 12288, 'GiB', 100),

  splunkHecUrl: matching(
    'https addresses of HEC endpoints with commas between, without a path, or file:<folder>',
    new RegExp(`^(${folder}|(${endpoint})(,(${endpoint}))*)$`),
  ),
  splunkHecSecretArn: secret,
  splunkCaFile: pem,

  secretsKeyArn: key,
  subnetIds: listOf('a list of subnets, subnet-<id>', matching('a subnet', /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/)),
  securityGroupIds: listOf(
    'a list of security groups, sg-<id>',
    matching('a security group', /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/),
  ),
  geoUrl: matching(
    'bundled, off or the place of country.mmdb and asn.mmdb, s3://<bucket>/<prefix>',
    /^(bundled|off|s3:\/\/[a-z0-9.-]+\/[\w./-]*\w)$/,
    'bundled',
  ),

  // What CloudWatch Logs takes, nothing between.
  lambdaLogDays: {
    ...wholeNumber(1, 3653, 'days', 30),
    expected:
      'a retention CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827 or 3653 days',
    parse: (given: unknown) => cloudWatchDays.find((days) => days === Number(text(given))),
  },
  logBucketDays: wholeNumber(1, 3650, 'days', 365),
  quarantineDays: wholeNumber(1, 3650, 'days', 90),
  alarmEmail: matching('an e-mail address', /^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/),
};

const cloudWatchDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

/** Once for each source, behind its name: `flowlogsRoute`. */
const ofSource = {
  Route: listOf(`a list of ${either(sinkNames)}`, oneOf(sinkNames, 'opensearch')),
  IndexPeriod: oneOf(['day', 'month'], ''),
  Fields: rows,
  SplunkIndex: matching('the name of a Splunk index', /^[a-z0-9][a-z0-9_-]*$/),
  SplunkSourcetype: matching('a Splunk sourcetype', /^[\w:.-]+$/),
};

/** Once for each source that comes as objects in the log bucket. */
const ofObjects = {
  Prefix: matching(
    'the beginning of the keys in the log bucket, letters, digits and / _ . = * -, such as AWSLogs/',
    /^[\w./=*-]+$/,
  ),
};
const sourcesOfObjects: readonly SourceName[] = ['flowlogs'];

type Values<T> = { readonly [K in keyof T]: T[K] extends Parameter<infer V> ? V : never };
type PerSource = Values<typeof ofSource> & Values<typeof ofObjects>;
export type Parameters = Values<typeof common> & { readonly of: Readonly<Record<SourceName, PerSource>> };

const table: Readonly<Record<string, Parameter<unknown>>> = {
  ...common,
  ...Object.fromEntries(sourceNames.flatMap((source) => behind(source, ofSource))),
  ...Object.fromEntries(sourcesOfObjects.flatMap((source) => behind(source, ofObjects))),
};

function behind(source: SourceName, parameters: Record<string, Parameter<unknown>>): [string, Parameter<unknown>][] {
  return Object.entries(parameters).map(([name, parameter]) => [`${source}${name}`, parameter]);
}

export const parameterNames: readonly string[] = Object.keys(table);

/** Never throws: a value that is refused is replaced by its fallback and named in `faults`. */
export function parameters(given: Readonly<Record<string, unknown>>): { values: Parameters; faults: string[] } {
  const faults = Object.keys(given)
    .filter((name) => !Object.hasOwn(table, name))
    .map(unknown);
  const value = (name: string): unknown => {
    const { parse, fallback, expected } = table[name] ?? nothing;
    if (given[name] === undefined) return fallback;
    const parsed = parse(given[name]);
    if (parsed === undefined) faults.push(fault(name, expected, given[name]));
    return parsed ?? fallback;
  };
  const all = (names: readonly string[], prefix = ''): unknown =>
    Object.fromEntries(names.map((name) => [name, value(`${prefix}${name}`)]));

  const perSource = [...Object.keys(ofSource), ...Object.keys(ofObjects)];
  const of = Object.fromEntries(sourceNames.map((source) => [source, all(perSource, source)]));
  return { values: { ...(all(Object.keys(common)) as Values<typeof common>), of } as Parameters, faults };
}

const nothing: Parameter<unknown> = { expected: 'nothing', fallback: '', parse: () => undefined };

/** One sentence: which parameter, what it should be, what it is. */
export const fault = (name: string, expected: string, found?: unknown): string =>
  `Parameter "${name}": expected ${expected}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}.`;

function unknown(name: string): string {
  const nearest = parameterNames.toSorted((a, b) => distance(name, a) - distance(name, b))[0];
  return `Parameter "${name}": there is no such parameter; did you mean "${nearest}"?`;
}

/** Letters to insert, drop or exchange to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...from].entries()) {
    const above = row;
    row = [line + 1];
    for (let at = 1; at <= to.length; at++) {
      row[at] = Math.min(above[at] + 1, row[at - 1] + 1, above[at - 1] + (letter === to[at - 1] ? 0 : 1));
    }
  }
  return row[to.length];
}
