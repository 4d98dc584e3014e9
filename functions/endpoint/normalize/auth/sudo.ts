/**
 * Messages of sudo: `bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/cat /etc/shadow`, a reason in front where it refused.
 * Nothing is escaped. A directory can be named like the fields behind it; then the command holds too much, never too little.
 * https://www.sudo.ws/docs/man/sudoers.man/#EVENT_LOGGING
 */
import type { Fields } from '../document.ts';
import { categorized, command } from '../values.ts';

const WHO = /^(?<user>[^\s:]{1,256}) : (?<rest>[\s\S]*)$/;
const FIELD = /^(?<name>[A-Z]{2,10})=(?<value>[\s\S]*)$/;
const NAMES: ReadonlySet<string> = new Set(['HOST', 'TTY', 'CHROOT', 'PWD', 'USER', 'GROUP', 'TSID', 'ENV']);

export function sudo(text: string): Fields | undefined {
  const { user, rest } = WHO.exec(text.trimStart())?.groups ?? {};
  const start = rest?.startsWith('COMMAND=') ? 0 : (rest?.indexOf(' ; COMMAND=') ?? -1) + 3;
  if (rest === undefined || (start < 3 && start !== 0)) return undefined;
  const line = rest.slice(start + 'COMMAND='.length);
  const { reason, fields } = before(rest.slice(0, Math.max(start - 3, 0)));
  return {
    ...categorized('sudo', 'process', 'start', reason === undefined ? 'success' : 'failure'),
    'event.reason': reason,
    'user.name': user,
    'user.effective.name': fields.get('USER'),
    'process.working_directory': fields.get('PWD'),
    ...command(line.split(' ').filter(Boolean), line),
    'endpoint.sudo.tty': fields.get('TTY'),
    'endpoint.sudo.group': fields.get('GROUP'),
    'endpoint.sudo.session': fields.get('TSID'),
    'endpoint.sudo.environment': fields.get('ENV'),
  };
}

/** The fields in front of the command. A part without a name is the reason of a refusal, or belongs to the directory before it. */
function before(text: string): { reason: string | undefined; fields: ReadonlyMap<string, string> } {
  const fields = new Map<string, string>();
  const reasons: string[] = [];
  for (const part of text.split(' ; ')) {
    const { name, value } = FIELD.exec(part)?.groups ?? {};
    if (name !== undefined && NAMES.has(name) && !fields.has(name)) fields.set(name, value as string);
    else if (fields.size === 0 && part !== '') reasons.push(part);
  }
  return { reason: reasons.length === 0 ? undefined : reasons.join(' ; '), fields };
}
