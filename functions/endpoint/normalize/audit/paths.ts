/** The files of an event from its PATH and CWD records. */
import { posix } from 'node:path';
import type { Fields } from '../document.ts';
import { baseName, integer } from '../values.ts';
import { plain, untrusted } from './encoded.ts';
import type { AuditRecord } from './record.ts';

const NAMES = ['item', 'inode', 'dev', 'mode', 'ouid', 'ogid', 'rdev', 'obj', 'nametype', 'cap_fp'];

/** Each PATH record, in the order of its `item`. */
export function paths(records: readonly AuditRecord[], directory: string | undefined): Record<string, string>[] {
  return records
    .filter(({ type }) => type === 'PATH')
    .map(({ values }) => {
      const name = untrusted(values.get('name'));
      const rest = NAMES.flatMap((each) => {
        const value = plain(values.get(each)) ?? values.get(each);
        return value === undefined ? [] : [[each, value] as const];
      });
      return { ...Object.fromEntries(rest), ...(name === undefined ? {} : { name: absolute(name, directory) }) };
    })
    .sort((a: Record<string, string>, b: Record<string, string>) => Number(a.item ?? 0) - Number(b.item ?? 0));
}

const absolute = (name: string, directory: string | undefined): string =>
  name.startsWith('/') || directory === undefined ? name : posix.join(directory, name);

/** The file that an event is about: the one made or deleted, else the first that is not only the directory around it. */
export function fileFields(all: readonly Record<string, string>[], records: readonly AuditRecord[]): Fields {
  const by = (...types: string[]) => all.findLast(({ nametype }) => types.includes(nametype));
  const file = by('CREATE') ?? by('DELETE') ?? all.find(({ nametype }) => nametype !== 'PARENT') ?? all[0];
  if (file?.name === undefined) return {};
  const names = records.find(({ type, values }) => type === 'PATH' && values.get('item') === file.item)?.names;
  const mode = /^0?\d{1,7}$/.test(file.mode ?? '') ? Number.parseInt(file.mode, 8) : undefined;
  return {
    'file.path': file.name,
    'file.name': baseName(file.name),
    'file.directory': posix.dirname(file.name),
    'file.inode': file.inode,
    'file.device': file.dev,
    'file.mode': mode === undefined ? undefined : (mode & 0o7777).toString(8).padStart(4, '0'),
    'file.type': mode === undefined ? undefined : FILE_TYPES.get(mode & 0o170000),
    'file.uid': integer(file.ouid) === undefined ? undefined : file.ouid,
    'file.gid': integer(file.ogid) === undefined ? undefined : file.ogid,
    'file.owner': plain(names?.get('OUID')) ?? (file.ouid === '0' ? 'root' : undefined),
    'file.group': plain(names?.get('OGID')) ?? (file.ogid === '0' ? 'root' : undefined),
  };
}

/** S_IFMT of sys/stat.h. */
const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
  [0o020000, 'character_device'],
  [0o060000, 'block_device'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);
