/** Texts of logs as values of ECS. */
import { isIP } from 'node:net';
import type { Fields } from './document.ts';
import { MAX_ARGUMENTS, MAX_COMMAND_LINE } from './limits.ts';

/** An address without zone, an IPv4 address in IPv6 as IPv4; undefined: not an address. */
export function ip(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 64) return undefined;
  const [address] = text.split('%');
  const four = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return isIP(four) === 0 ? undefined : four;
}

/** An integer in decimal or, with 0x, in hexadecimal, not negative; undefined: not one, or above 2⁵³. */
export function integer(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || !/^(?:\d{1,16}|0x[\da-f]{1,16})$/i.test(value))) {
    return undefined;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function port(value: unknown): number | undefined {
  const number = integer(value);
  return number !== undefined && number > 0 && number < 65_536 ? number : undefined;
}

/** A peer by address or name. */
export function peer(side: 'source' | 'destination', host: string | undefined, portText?: unknown): Fields {
  if (host === undefined || /^(\?|-|UNKNOWN)?$/.test(host)) return {};
  const address = ip(host);
  return {
    [`${side}.address`]: host,
    [`${side}.ip`]: address,
    [`${side}.domain`]: address === undefined ? host : undefined,
    [`${side}.port`]: port(portText),
  };
}

/** `process.args` and the command line of a list of arguments. */
export function command(args: readonly string[], line = args.join(' ')): Fields {
  if (args.length === 0) return {};
  return {
    'process.args': args.slice(0, MAX_ARGUMENTS),
    'process.args_count': args.length,
    'process.command_line': line.slice(0, MAX_COMMAND_LINE),
  };
}

/** The last part of a path of Linux or Windows. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** A categorization: https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference */
export function categorized(action: string, categories: string, types: string, outcome?: string): Fields {
  return {
    'event.kind': 'event',
    'event.category': categories === '' ? [] : categories.split(','),
    'event.type': types === '' ? [] : types.split(','),
    'event.action': action,
    'event.outcome': outcome,
  };
}
