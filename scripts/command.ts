/** What all commands share: options, help in one form, errors in words, the exit status. */
import { type ParseArgsOptionsConfig, parseArgs, types } from 'node:util';
import { messageOf } from '../shared/errors.ts';

/** The command was called in a way that it can't run: the message says what was expected. */
export class UsageError extends Error {}

type Rows = Readonly<Record<string, string>>;

export interface Help {
  /** What follows `npm run --silent`, one line per form. */
  readonly usage: readonly string[];
  readonly about: string;
  readonly arguments?: Rows;
  readonly options: Rows;
  readonly output?: Rows;
  /** Why the status is 1. Absent: it never is. */
  readonly one?: string;
}

export interface Command<T extends ParseArgsOptionsConfig> {
  readonly help: Help;
  readonly options: T;
  /** Files are named from the folder in which npm was called. Default: from the project's folder. */
  readonly takesPaths?: boolean;
  /** Returns the exit status. Throws UsageError before it asks for credentials or touches a file. */
  run(values: Values<T>, positionals: readonly string[]): Promise<number>;
}

export type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parsed<T>>['values'];

/** Options of every command that works on a deployed stack. */
export const STACK_OPTIONS = {
  stack: { type: 'string' },
  stage: { type: 'string' },
  region: { type: 'string' },
} as const;

export const STACK_HELP: Rows = {
  '--stage <name>': 'the deployed stage (default: dev)',
  '--stack <name>': 'the name of the stack instead of the stage, as in bongsu-dev',
  '--region <name>': 'the AWS region (default: AWS_REGION, or ap-northeast-2)',
};

export const JSON_HELP: Rows = { '--json': 'print JSON, one object per line' };

const HELP_OPTION = { help: { type: 'boolean', short: 'h' } } as const;
const WIDTH = 20;

function rows(title: string, all: Rows | undefined): readonly string[] {
  if (all === undefined) return [];
  const indent = `\n${' '.repeat(WIDTH + 4)}`;
  return [
    '',
    title,
    ...Object.entries(all).map(([name, text]) => `  ${name.padEnd(WIDTH)}  ${text.replaceAll('\n', indent)}`),
  ];
}

/** A list for the text of `--help`, over several lines. */
export const listed = (names: readonly string[], perLine = 8): string =>
  Array.from({ length: Math.ceil(names.length / perLine) }, (_, i) =>
    names.slice(i * perLine, (i + 1) * perLine).join(', '),
  ).join(',\n');

/** The text of `--help`: the same sections in the same order for every command. */
export function helpOf({ usage, about, arguments: named, options, output, one }: Help): string {
  const status = {
    '0': 'success',
    ...(one !== undefined && { '1': one }),
    '2': 'wrong usage, or AWS, a file or a server could not be used',
  };
  return [
    ...usage.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}npm run --silent ${line}`),
    '',
    about.trim(),
    ...rows('Arguments', named),
    ...rows('Options', { ...options, '--help, -h': 'print this text' }),
    ...rows('Output', output),
    ...rows('Exit status', status),
    '',
  ].join('\n');
}

/** Throws UsageError for an unknown option or a missing value. */
export function parsed<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** The one positional argument. Throws UsageError that names what was expected. */
export function only(what: string, positionals: readonly string[], expected: readonly string[]): string {
  const [value, ...others] = positionals;
  if (value === undefined) throw new UsageError(`Missing the ${what}: expected ${expected.join(', ')}.`);
  if (others.length > 0) throw new UsageError(`Unexpected argument "${others[0]}": expected one ${what}.`);
  return oneOf(what, value, expected);
}

/** Throws UsageError that names what was expected. */
export function oneOf<T extends string>(what: string, value: string, expected: readonly T[]): T {
  const found = expected.find((each) => each === value);
  if (found === undefined) throw new UsageError(`Unknown ${what} "${value}": expected ${expected.join(', ')}.`);
  return found;
}

/** Throws UsageError where there is any. */
export function none(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}": expected options only.`);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In: `90m`, `12h`, `3d`. Out: milliseconds. Throws UsageError. */
export function duration(option: string, text: string): number {
  const ms = lengthOf(text);
  if (ms === undefined) throw new UsageError(`${option} is "${text}": expected a duration such as 90m, 12h, 3d.`);
  return ms;
}

/** In: an ISO date, or a duration before `now`. Out: epoch milliseconds. Throws UsageError. */
export function instant(option: string, text: string, now = Date.now()): number {
  const ago = lengthOf(text);
  const ms = ago === undefined ? Date.parse(text) : now - ago;
  if (Number.isNaN(ms))
    throw new UsageError(`${option} is "${text}": expected a date or a duration such as 90m, 12h, 3d.`);
  return ms;
}

function lengthOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit];
}

/** A whole number from 1. Throws UsageError. */
export function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${option} is "${text}": expected a whole number from 1.`);
  return Number(text);
}

/** Runs a command with the arguments of this process and sets its exit status. */
export async function run<T extends ParseArgsOptionsConfig>(command: Command<T>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has seen enough
    throw error;
  });
  const [name] = command.help.usage[0].split(' ');
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env;
  if (command.takesPaths && script === name && caller) process.chdir(caller); // npm runs scripts in the project's folder
  process.exitCode = await statusOf(command, process.argv.slice(2));
}

/** Runs a command. Returns its exit status; prints what stopped it. */
export async function statusOf<T extends ParseArgsOptionsConfig>(
  command: Command<T>,
  args: readonly string[],
): Promise<number> {
  try {
    const { values, positionals } = parsed(args, { ...command.options, ...HELP_OPTION });
    if ('help' in values && values.help) {
      process.stdout.write(helpOf(command.help));
      return 0;
    }
    return await command.run(values as Values<T>, positionals);
  } catch (error) {
    const sentence = explained(error);
    if (sentence === undefined) throw error;
    process.stderr.write(`${sentence}\n`);
    return 2;
  }
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
};

/** The sentence for an error that a person can do something about; undefined for a fault of the command itself. */
function explained(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\nRun the command with --help for its usage.`;
  if (!types.isNativeError(error)) return undefined;
  if (error.name === 'CredentialsProviderError') return `No AWS credentials were found: ${error.message}`;
  if (isFromAws(error)) return `AWS refused the request: ${messageOf(error)}`;
  const { code = '', path } = error as NodeJS.ErrnoException;
  if (path !== undefined && FILE_FAULTS[code] !== undefined) return `"${path}" can't be read: ${FILE_FAULTS[code]}.`;
  return undefined;
}

/** An error response of AWS: no permission, no such resource. */
export const isFromAws = (error: unknown): boolean => types.isNativeError(error) && '$metadata' in error;
