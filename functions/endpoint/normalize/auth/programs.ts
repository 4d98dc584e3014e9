/** The message of a program that tells about logons, privileges and accounts → ECS. Messages of all others have no category. */
import type { Fields } from '../document.ts';
import { firstOf, type Pattern } from '../patterns.ts';
import { ACCOUNTS } from './accounts.ts';
import { baseNameOf } from './names.ts';
import { PAM } from './pam.ts';
import { CRON, LOGIND } from './sessions.ts';
import { SSHD } from './sshd.ts';
import { SU } from './su.ts';
import { sudo } from './sudo.ts';

const PATTERNS: ReadonlyMap<string, readonly Pattern[]> = new Map([
  ...['sshd', 'sshd-session', 'sshd-auth'].map((name) => [name, SSHD] as const),
  ...ACCOUNTS,
  ['su', SU],
  ['systemd-logind', LOGIND],
  ...['CRON', 'cron', 'CROND', 'crond'].map((name) => [name, CRON] as const),
]);

/** Longer messages of these programs aren't theirs. */
const MAX_MESSAGE = 16 << 10;

export function programFields(program: string | undefined, text: string): Fields {
  const name = baseNameOf(program);
  if (name === undefined || text.length > MAX_MESSAGE) return {};
  const { times, message = text } = REPEATED.exec(text)?.groups ?? {};
  const fields = messageFields(name, message);
  return times === undefined ? fields : { ...fields, 'endpoint.repeated': Number(times) };
}

/** rsyslog writes equal messages once, and how often they came. */
const REPEATED = /^message repeated (?<times>\d{1,9}) times: \[ ?(?<message>[\s\S]*)\]$/;

function messageFields(name: string, text: string): Fields {
  if (name === 'sudo') return sudo(text) ?? firstOf(PAM, text) ?? {};
  const patterns = PATTERNS.get(name);
  return (patterns && firstOf(patterns, text)) ?? firstOf(PAM, text) ?? {};
}
