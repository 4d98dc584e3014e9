/** What commands for a deployed stack have in common: their options, a refusal in words, the exit status. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.ts';

/** The caller asked for something that can't be done: the message says what. */
export class Refusal extends Error {}

/** Of every command that looks for a stack. */
export const STACK_OPTIONS = {
  stack: { type: 'string' },
  stage: { type: 'string' },
  region: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** Its help, in every command's. */
export const STACK_HELP = `  --stage    the stage that was deployed, dev by default; --stack bongsu-<stage> says the same
  --region   default: AWS_REGION, else ap-northeast-2; credentials as the AWS CLI finds them`;

/** Throws Refusal for an option that is not known. */
export function parsed<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(messageOf(error), { cause: error });
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`, `12h`, `3d`. Out: milliseconds. Throws Refusal. */
export function duration(option: string, text: string): number {
  const ms = lengthOf(text);
  if (ms === undefined) throw new Refusal(`${option} is "${text}": expected a time such as 90m, 12h, 3d.`);
  return ms;
}

/** So long ago, or a date. Out: epoch milliseconds. Throws Refusal. */
export function instant(option: string, text: string, now = Date.now()): number {
  const ago = lengthOf(text);
  const ms = ago === undefined ? Date.parse(text) : now - ago;
  if (Number.isNaN(ms)) throw new Refusal(`${option} is "${text}": expected a date or 90m, 12h, 3d.`);
  return ms;
}

function lengthOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit];
}

/** A whole number from 1. Throws Refusal. */
export function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal(`${option} is "${text}": expected a whole number from 1.`);
  return Number(text);
}

/** Runs a command: its status is the process's; 2 for what it refuses or AWS does. */
export async function run(main: (args: readonly string[]) => Promise<number>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has seen enough
    throw error;
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Refusal) && !isOfAws(error)) throw error;
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  }
}

/** An answer of AWS that is none: no permission, no such thing. */
export const isOfAws = (error: unknown): boolean => error instanceof Error && '$metadata' in error;
