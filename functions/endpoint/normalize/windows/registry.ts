/** A change of the registry: `HKLM\SOFTWARE\…\Run\updater`, `DWORD (0x00000001)`. */
import type { Fields } from '../document.ts';

const HIVES: Readonly<Record<string, string>> = {
  HKEY_CLASSES_ROOT: 'HKCR',
  HKEY_CURRENT_CONFIG: 'HKCC',
  HKEY_CURRENT_USER: 'HKCU',
  HKEY_DYN_DATA: 'HKDD',
  HKEY_LOCAL_MACHINE: 'HKLM',
  HKEY_PERFORMANCE_DATA: 'HKPD',
  HKEY_USERS: 'HKU',
};
const SHORT: ReadonlySet<string> = new Set(Object.values(HIVES));

export function registryFields(path: string | undefined, details: string | undefined): Fields {
  if (path === undefined) return {};
  const [first, ...rest] = path.replace(/^\\REGISTRY\\MACHINE\\/, 'HKLM\\').split('\\');
  const hive = Object.hasOwn(HIVES, first) ? HIVES[first] : SHORT.has(first) ? first : undefined;
  return {
    'registry.path': path,
    'registry.hive': hive,
    'registry.key': hive === undefined || rest.length === 0 ? undefined : rest.join('\\'),
    'registry.value': rest.at(-1),
    ...valueFields(details),
  };
}

function valueFields(details: string | undefined): Fields {
  if (details === undefined) return {};
  const dword = /^DWORD \(0x([\da-f]{1,8})\)$/i.exec(details);
  const qword = /^QWORD \(0x([\da-f]{1,8})-0x([\da-f]{1,8})\)$/i.exec(details);
  const of = (type: string, text: string): Fields => ({ 'registry.data.type': type, 'registry.data.strings': [text] });
  if (dword !== null) return of('REG_DWORD', String(Number.parseInt(dword[1], 16)));
  if (qword !== null) return of('REG_QWORD', String(BigInt(`0x${qword[1]}${qword[2].padStart(8, '0')}`)));
  return of(details === 'Binary Data' ? 'REG_BINARY' : 'REG_SZ', details);
}
