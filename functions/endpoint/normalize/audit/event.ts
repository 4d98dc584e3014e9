/** The records of one event of audit.log → one document of ECS. In: at least one record, in the order of the file. */
import { flat } from '../../../../shared/transform/flat.ts';
import type { Fields } from '../document.ts';
import { MAX_LINE } from '../limits.ts';
import { baseName, command, integer } from '../values.ts';
import { appArmorAction, callAction, recordAction } from './actions.ts';
import { execArguments } from './arguments.ts';
import { dataOf } from './data.ts';
import { parts, plain, untrusted } from './encoded.ts';
import { fileFields, paths } from './paths.ts';
import type { AuditRecord } from './record.ts';
import { socketFields } from './socket.ts';
import { syscallName } from './syscalls.ts';
import { CONTINUATIONS } from './types.ts';
import { userFields } from './users.ts';

export function auditFields(records: readonly AuditRecord[], host: string | undefined): Fields {
  const call = records.find(({ type }) => type === 'SYSCALL');
  const main = records.find(({ type }) => type !== 'EXECVE' && recordAction(type, undefined) !== undefined);
  const of = call ?? main ?? records[0];
  const name =
    call &&
    (syscallName(call.values.get('arch') ?? '', call.values.get('syscall') ?? '') ?? plain(call.names.get('SYSCALL')));
  const directory = untrusted(records.find(({ type }) => type === 'CWD')?.values.get('cwd') ?? of.values.get('cwd'));
  const files = paths(records, directory);
  const hasFile = name !== undefined && !/^execve/.test(name) && files.length > 0;
  return {
    ...headFields(records, host),
    ...actionOf(main, call, records, name),
    ...processFields(records, of, directory),
    ...userFields(main ?? of, of),
    ...(hasFile ? fileFields(files, records) : {}),
    ...socketFields(records.find(({ type }) => type === 'SOCKADDR')?.values.get('saddr'), name, of),
    ...keyFields(main?.type === 'CONFIG_CHANGE' ? undefined : call?.values.get('key')),
    'service.name': untrusted(main?.values.get('unit')),
    'auditd.message_type': (main ?? of).type.toLowerCase(),
    'auditd.record_types': [...new Set(records.map(({ type }) => type))],
    'auditd.partial': isPartial(records, call) ? true : undefined,
    'auditd.data': dataOf(main === undefined || main === of ? [of] : [of, main], name),
    'auditd.paths': flat(files),
  };
}

function headFields(records: readonly AuditRecord[], host: string | undefined): Fields {
  const [{ event, serial, time, node }] = records;
  return {
    '@timestamp': new Date(time).toISOString(),
    message: records
      .map(({ line }) => line)
      .join('\n')
      .slice(0, MAX_LINE),
    'event.id': `${event}@${node ?? host ?? ''}`,
    'event.sequence': integer(serial),
    'host.hostname': node,
    'host.name': node,
  };
}

function actionOf(
  main: AuditRecord | undefined,
  call: AuditRecord | undefined,
  records: readonly AuditRecord[],
  name: string | undefined,
): Fields {
  const armor = plain(main?.values.get('apparmor'));
  if (armor !== undefined) return appArmorAction(armor);
  const outcome = outcomeOf(main) ?? outcomeOf(call);
  if (main !== undefined) return recordAction(main.type, outcome) as Fields;
  if (call !== undefined) return callAction(name, outcome);
  return (
    (records.some(({ type }) => type === 'EXECVE') && recordAction('EXECVE', outcome)) || { 'event.kind': 'event' }
  );
}

function outcomeOf(record: AuditRecord | undefined): string | undefined {
  const value = (name: string) => plain(record?.values.get(name));
  const result = value('success') ?? value('res') ?? value('result');
  if (result !== undefined) return /^(yes|success|1)$/.test(result) ? 'success' : 'failure';
  if (value('seresult') === undefined) return undefined;
  return value('seresult') === 'granted' || value('permissive') === '1' ? 'success' : 'failure';
}

function processFields(records: readonly AuditRecord[], of: AuditRecord, directory: string | undefined): Fields {
  const text = (name: string) => untrusted(of.values.get(name));
  const args = execArguments(records);
  const title = untrusted(records.find(({ type }) => type === 'PROCTITLE')?.values.get('proctitle'));
  const own = text('cmd');
  const line = args.length > 0 ? args : title === undefined ? own?.split(' ') : parts(title);
  const executable = text('exe');
  return {
    'process.pid': integer(of.values.get('pid')),
    'process.parent.pid': integer(of.values.get('ppid')),
    'process.executable': executable,
    'process.name': text('comm') ?? (executable === undefined ? undefined : baseName(executable)),
    'process.title': title === undefined ? undefined : parts(title).join(' '),
    'process.working_directory': directory,
    ...command(line?.filter((each) => each !== '') ?? []),
  };
}

/** A rule of auditctl names its hits with `-k`; several keys are separated by 0x01. */
function keyFields(raw: string | undefined): Fields {
  const keys = (untrusted(raw) ?? '')
    .split('\u0001')
    .map((key) => key.replace(/^key=/, ''))
    .filter(Boolean);
  return { 'rule.name': keys[0], 'auditd.keys': keys };
}

/** Is a record of the event missing? It may stand in another batch, or a rule of auditctl excludes its type. */
function isPartial(records: readonly AuditRecord[], call: AuditRecord | undefined): boolean {
  if (call === undefined) return records.some(({ type }) => CONTINUATIONS.has(type));
  const found = records.filter(({ type }) => type === 'PATH').length;
  return found < (integer(call.values.get('items')) ?? 0) || !records.some(({ type }) => type === 'PROCTITLE');
}
