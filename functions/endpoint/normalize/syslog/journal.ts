/**
 * What Filebeat's journald input reads (Amazon Linux 2023 has no messages file): its own fields → ECS, and the program's message.
 * 7.17 writes `syslog.*` and `journald.*`, 8.x and 9.x `log.syslog.*` and `process.*` too.
 * https://www.elastic.co/docs/reference/beats/filebeat/filebeat-input-journald
 */

import { baseNameOf } from '../auth/names.ts';
import { programFields } from '../auth/programs.ts';
import { at, type Document, type Fields, textAt } from '../document.ts';
import { command, integer } from '../values.ts';
import { facility, severity } from './priority.ts';

export const isJournal = (document: Document): boolean =>
  textAt(document, 'input.type') === 'journald' ||
  at(document, 'journald') !== undefined ||
  at(document, 'systemd.transport') !== undefined;

/** The name that a program gave itself, or that of its file. */
export const programOf = (document: Document): string | undefined =>
  textAt(document, 'log.syslog.appname') ??
  textAt(document, 'syslog.identifier') ??
  textAt(document, 'process.name') ??
  textAt(document, 'journald.process.name');

/** The number of the facility, whichever version of Filebeat wrote it. */
export const facilityOf = (document: Document): number | undefined =>
  integer(at(document, 'log.syslog.facility.code') ?? at(document, 'syslog.facility'));

export function journalFields(document: Document, text: string): Fields {
  const program = programOf(document);
  const journald = (name: string) => textAt(document, `journald.${name}`);
  const line = journald('process.command_line');
  const own = programFields(program, text.trimStart());
  // the message of a program that runs as root is about somebody else
  const ids = own['user.name'] === undefined ? { 'user.id': journald('uid'), 'user.group.id': journald('gid') } : {};
  return {
    'event.kind': 'event',
    ...command(line?.split(' ').filter(Boolean) ?? [], line),
    'process.executable': journald('process.executable'),
    'process.name': baseNameOf(program),
    'process.pid': integer(journald('pid') ?? textAt(document, 'syslog.pid')),
    'host.name': textAt(document, 'host.hostname'),
    ...ids,
    ...facility(facilityOf(document)),
    ...severity(integer(at(document, 'log.syslog.priority') ?? at(document, 'syslog.priority'))),
    'log.syslog.appname': program,
    'log.syslog.procid': journald('pid') ?? textAt(document, 'syslog.pid'),
    ...own,
  };
}
