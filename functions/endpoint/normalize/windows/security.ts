/** The Security channel, and of System: new services and cleared logs → ECS. */
import type { Fields } from '../document.ts';
import { integer, peer } from '../values.ts';
import { ENCRYPTION, KERBEROS, LOGON_TYPES, REASONS, SERVICE_TYPES, STATUS, wordOf } from './codes.ts';
import type { Data } from './data.ts';
import { fileFields, programFields } from './files.ts';
import { securityUsers } from './users.ts';

const isKerberos = (id: string): boolean => id >= '4768' && id <= '4773';

export function securityFields(id: string, data: Data): Fields {
  const share = data('ShareName');
  const target = data('RelativeTargetName');
  return {
    ...securityUsers(id, data),
    ...logonFields(id, data),
    ...(isKerberos(id) ? kerberosFields(data) : {}),
    ...processFields(id, data),
    ...peer('source', address(data('IpAddress') ?? data('ClientAddress')), data('IpPort')),
    ...(id === '5145' && share !== undefined && target !== undefined ? fileFields(`${share}\\${target}`) : {}),
    ...hostFields(data),
    'service.name': data('ServiceName'),
    'service.type': wordOf(SERVICE_TYPES, data('ServiceType')) ?? data('ServiceType'),
    'event.outcome': outcomeOf(id, data),
  };
}

/** `::1` and `LOCAL` are what they say; names of a peer stand in other fields. */
const address = (text: string | undefined): string | undefined => (text === 'LOCAL' ? undefined : text);

function hostFields(data: Data): Fields {
  const name = data('WorkstationName') ?? data('Workstation') ?? data('ClientName');
  return { 'source.domain': name?.replace(/^\\\\/, '') };
}

function logonFields(id: string, data: Data): Fields {
  const status = wordOf(STATUS, data('Status'));
  const detail = wordOf(STATUS, data('SubStatus'));
  const isFailed = id === '4625' || id === '4776';
  const reason = wordOf(REASONS, data('FailureReason'));
  const type = data('LogonType');
  return {
    'winlog.logon.type': type === undefined ? undefined : (LOGON_TYPES[type] ?? type),
    'winlog.logon.id': data('TargetLogonId') ?? data('SubjectLogonId'),
    'winlog.logon.failure.status': isFailed ? status : undefined,
    'winlog.logon.failure.sub_status': isFailed ? detail : undefined,
    'winlog.logon.failure.reason': isFailed ? reason : undefined,
    'event.reason':
      isFailed && wordOf(STATUS, data('Status')) !== STATUS['0x0'] ? (detail ?? status ?? reason) : undefined,
  };
}

function kerberosFields(data: Data): Fields {
  const status = wordOf(KERBEROS, data('Status') ?? data('FailureCode'));
  return {
    'winlog.event_data.StatusDescription': status,
    'winlog.event_data.TicketEncryptionTypeDescription': wordOf(ENCRYPTION, data('TicketEncryptionType')),
    'event.reason': status === 'KDC_ERR_NONE' ? undefined : status,
  };
}

/** 4688 has the new process in fields of its own; `ProcessId` is its parent there. */
function processFields(id: string, data: Data): Fields {
  if (id !== '4688') {
    return {
      ...programFields('process', data('ProcessName'), undefined),
      'process.pid': integer(data('ProcessId')),
      ...exit(id, data),
    };
  }
  return {
    ...programFields('process', data('NewProcessName'), data('CommandLine')),
    ...programFields('process.parent', data('ParentProcessName'), undefined),
    'process.pid': integer(data('NewProcessId')),
    'process.parent.pid': integer(data('ProcessId')),
  };
}

const exit = (id: string, data: Data): Fields =>
  id === '4689' ? { 'process.exit_code': integer(data('Status')) } : {};

/** What the keywords of the event don't tell in every language. */
function outcomeOf(id: string, data: Data): string | undefined {
  if (['4625', '4771', '4772', '4773', '4775', '4777'].includes(id)) return 'failure';
  const status = data('Status');
  if (!['4768', '4769', '4770', '4776'].includes(id) || status === undefined) return undefined;
  return integer(status) === 0 ? 'success' : 'failure';
}
