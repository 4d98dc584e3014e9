/** A raw line of messages, syslog, secure or auth.log → ECS: the header's fields, and what the program's message says. */
import { flat } from '../../../../shared/transform/flat.ts';
import { baseNameOf } from '../auth/names.ts';
import { programFields } from '../auth/programs.ts';
import { at, type Document, type Fields, textAt } from '../document.ts';
import { integer } from '../values.ts';
import { header, type Line } from './header.ts';
import { priorityFields } from './priority.ts';
import { lineTime } from './time.ts';

/** Undefined: the line has no header of syslog. */
export function syslogFields(document: Document, raw: string): Fields | undefined {
  const line = header(raw);
  if (line === undefined) return undefined;
  const readAt = at(document, '@timestamp');
  const time = lineTime(line.time, readAt, textAt(document, 'event.timezone'));
  return {
    ...headerFields(line),
    ...programFields(line.program, line.text),
    '@timestamp': time,
    'event.created': time === undefined ? undefined : readAt,
    'event.original': raw,
    message: line.text,
  };
}

function headerFields(line: Line): Fields {
  return {
    'event.kind': 'event',
    'host.hostname': line.host,
    'host.name': line.host,
    'log.syslog.hostname': line.host,
    'log.syslog.appname': line.program,
    'log.syslog.procid': line.pid,
    'log.syslog.msgid': line.msgid,
    'log.syslog.structured_data': flat(line.structured),
    ...priorityFields(line.priority),
    'process.name': baseNameOf(line.program),
    'process.pid': integer(line.pid),
  };
}
