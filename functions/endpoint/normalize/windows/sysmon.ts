/** Sysmon's events 1 to 29 → ECS. https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon#events */
import type { Fields } from '../document.ts';
import { integer, ip, peer } from '../values.ts';
import { account, type Data } from './data.ts';
import { dnsFields } from './dns.ts';
import { fileFields, hashes, hashFields, programFields } from './files.ts';
import { registryFields } from './registry.ts';

/** Events that hash the process's own program; those of others are of the file. */
const HASHES_PROCESS: ReadonlySet<string> = new Set(['1', '25']);
const HASHES_FILE: ReadonlySet<string> = new Set(['6', '7', '15', '23', '26', '27', '28', '29']);
const OF_REGISTRY: ReadonlySet<string> = new Set(['12', '13', '14']);

export function sysmonFields(id: string, data: Data): Fields {
  const found = hashes(data('Hashes') ?? data('Hash'));
  const user = account(data('User') ?? data('SourceUser'));
  return {
    ...processFields(data),
    ...parentFields(data),
    ...(HASHES_PROCESS.has(id) ? hashFields('process', found) : {}),
    ...(HASHES_FILE.has(id) ? hashFields('file', found) : {}),
    ...(id === '7' ? { ...moduleFields(data), ...hashFields('dll', found) } : {}),
    ...(id === '6' || id === '7' ? peFields('file', data) : peFields('process', data)),
    ...fileFields(data('TargetFilename') ?? data('Device') ?? data('ImageLoaded')),
    ...(id === '17' || id === '18' ? { 'file.name': data('PipeName') } : {}),
    ...(id === '3' ? networkFields(data) : {}),
    ...(id === '22'
      ? { 'network.protocol': 'dns', ...dnsFields(data('QueryName'), data('QueryResults'), data('QueryStatus')) }
      : {}),
    ...(OF_REGISTRY.has(id) ? registryFields(data('TargetObject'), data('Details')) : {}),
    'user.domain': user.domain,
    'user.name': user.name,
    'rule.name': data('RuleName'),
    'error.code': id === '255' ? data('ID') : undefined,
    'event.outcome': id === '27' || id === '28' || id === '255' ? 'failure' : undefined,
    'related.hash': [...found.values()],
  };
}

function processFields(data: Data): Fields {
  return {
    ...programFields('process', data('Image') ?? data('SourceImage') ?? data('Destination'), data('CommandLine')),
    'process.entity_id': data('ProcessGuid') ?? data('SourceProcessGuid') ?? data('SourceProcessGUID'),
    'process.pid': integer(data('ProcessId') ?? data('SourceProcessId')),
    'process.thread.id': integer(data('SourceThreadId')),
    'process.working_directory': data('CurrentDirectory'),
  };
}

function parentFields(data: Data): Fields {
  const user = account(data('ParentUser'));
  return {
    ...programFields('process.parent', data('ParentImage'), data('ParentCommandLine')),
    'process.parent.entity_id': data('ParentProcessGuid'),
    'process.parent.pid': integer(data('ParentProcessId')),
    'process.parent.user.name': user.name,
    'related.user': user.name,
  };
}

function peFields(prefix: string, data: Data): Fields {
  const signed = data('Signed');
  const fields = {
    [`${prefix}.pe.original_file_name`]: data('OriginalFileName'),
    [`${prefix}.pe.company`]: data('Company'),
    [`${prefix}.pe.description`]: data('Description'),
    [`${prefix}.pe.file_version`]: data('FileVersion'),
    [`${prefix}.pe.product`]: data('Product'),
  };
  if (signed === undefined && data('Signature') === undefined) return fields;
  return {
    ...fields,
    [`${prefix}.code_signature.exists`]: signed === undefined ? undefined : signed.toLowerCase() === 'true',
    [`${prefix}.code_signature.subject_name`]: data('Signature'),
    [`${prefix}.code_signature.status`]: data('SignatureStatus'),
    [`${prefix}.code_signature.valid`]:
      data('SignatureStatus') === undefined ? undefined : data('SignatureStatus') === 'Valid',
  };
}

function moduleFields(data: Data): Fields {
  const path = data('ImageLoaded');
  return { 'dll.path': path, 'dll.name': path?.slice(path.lastIndexOf('\\') + 1), ...peFields('dll', data) };
}

function networkFields(data: Data): Fields {
  const initiated = data('Initiated')?.toLowerCase();
  const isIpv6 = (ip(data('SourceIp')) ?? '').includes(':');
  return {
    ...side('source', 'Source', data),
    ...side('destination', 'Destination', data),
    'network.transport': data('Protocol')?.toLowerCase(),
    'network.protocol': (data('DestinationPortName') ?? data('SourcePortName'))?.toLowerCase(),
    'network.direction': initiated === undefined ? undefined : initiated === 'true' ? 'egress' : 'ingress',
    'network.type': data('SourceIp') === undefined ? undefined : isIpv6 ? 'ipv6' : 'ipv4',
  };
}

const side = (of: 'source' | 'destination', name: string, data: Data): Fields => ({
  ...peer(of, data(`${name}Ip`), data(`${name}Port`)),
  [`${of}.domain`]: data(`${name}Hostname`),
});
