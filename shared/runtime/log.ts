/**
 * One JSON line for each call, on stdout, where Lambda takes it to CloudWatch Logs.
 * `{"level":"info","message":"item collected","source":"flowlogs","item":"m1","records":200001,…}`
 */
import type { Log } from '../model.ts';

type Level = 'info' | 'warn' | 'error';

export interface LogOptions {
  /** The least that is written: info, warn or error. Default: the setting LOG_LEVEL, or info. */
  readonly level?: string | undefined;
  /** Fields of every line, as of now. */
  readonly context?: () => object;
  readonly write?: (line: string) => void;
}

const LEVELS: readonly string[] = ['info', 'warn', 'error'];

// console.log would put Lambda's own prefix in front of the JSON.
export const stdout = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Errors among the fields are written with name, message, fields and causes. Never throws. */
export function log({ level = process.env.LOG_LEVEL, context, write = stdout }: LogOptions = {}): Log {
  const least = LEVELS.indexOf(level ?? 'info'); // an unknown one: all
  const to = (name: Level) => {
    if (LEVELS.indexOf(name) < least) return () => {};
    return (message: string, fields: object = {}) => write(line(name, message, { ...fields, ...context?.() }));
  };
  return { info: to('info'), warn: to('warn'), error: to('error') };
}

function line(level: Level, message: string, fields: object): string {
  try {
    return JSON.stringify({ level, message, ...fields }, plain);
  } catch (error) {
    return JSON.stringify({ level, message, unwritable: String(error) });
  }
}

/** For JSON.stringify: values that it would lose or refuse, and bytes, which may be a record. */
function plain(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  if (isError(value)) return rendered(value, DEPTH);
  const original = this[key]; // a Buffer has become its list of numbers in `value`
  if (ArrayBuffer.isView(original)) return `${original.byteLength} bytes`;
  return typeof value === 'bigint' ? String(value) : value;
}

/** By its tag, since an error may be of another realm; an AbortError is a DOMException. */
const isError = (value: unknown): value is Error =>
  /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(value));

const DEPTH = 5; // a cause may lead back to itself

function rendered(error: Error & Partial<Details>, depth: number): object {
  const { name, message, code, fields, errors, cause } = error;
  const inner = (value: unknown): unknown => (isError(value) ? rendered(value, depth - 1) : String(value));
  return {
    name,
    message,
    ...(typeof code === 'string' && { code }), // a DOMException has a number of its own
    ...(fields !== undefined && { fields }),
    // Our own errors say what happened; for any other the place is what helps.
    ...(fields === undefined &&
      depth === DEPTH && {
        stack: error.stack
          ?.split('\n')
          .slice(1, 6)
          .map((at) => at.trim()),
      }),
    ...(depth > 0 && errors !== undefined && { errors: errors.map(inner) }),
    ...(depth > 0 && cause !== undefined && { cause: inner(cause) }),
  };
}

interface Details {
  readonly code: unknown;
  /** Of our own classes. */
  readonly fields: object;
  /** Of an AggregateError, as a refused connection to several addresses is. */
  readonly errors: readonly unknown[];
}
