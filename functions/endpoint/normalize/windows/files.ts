/** Files, hashes and programs by what Windows writes of them. */
import type { Fields } from '../document.ts';
import { MAX_ELEMENTS } from '../limits.ts';
import { baseName, command } from '../values.ts';
import { windowsArguments } from './commandline.ts';

/** `SHA256=…,MD5=…,IMPHASH=…` by lower-case names, without those that are all zeros. */
export function hashes(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of (text ?? '').split(',', MAX_ELEMENTS)) {
    const [name, value = ''] = part.toLowerCase().split('=', 2);
    if (/^[\da-f]{16,128}$/.test(value) && !/^0+$/.test(value)) found.set(name.trim(), value);
  }
  return found;
}

export function hashFields(prefix: string, found: ReadonlyMap<string, string>): Fields {
  return {
    [`${prefix}.hash.md5`]: found.get('md5'),
    [`${prefix}.hash.sha1`]: found.get('sha1'),
    [`${prefix}.hash.sha256`]: found.get('sha256'),
    [`${prefix}.pe.imphash`]: found.get('imphash'),
  };
}

export function fileFields(path: string | undefined): Fields {
  if (path === undefined) return {};
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  const stream = /^[^:]{1,512}:([^:\\]{1,255})$/.exec(name)?.[1];
  return {
    'file.path': path,
    'file.name': name,
    'file.directory': path.slice(0, Math.max(path.length - name.length - 1, 0)),
    'file.extension': dot > 0 ? name.slice(dot + 1) : undefined,
    'file.fork_name': stream,
    'file.drive_letter': /^([A-Za-z]):\\/.exec(path)?.[1].toUpperCase(),
  };
}

/** In: `process` or `process.parent`. */
export function programFields(prefix: string, executable: string | undefined, line: string | undefined): Fields {
  const own = line === undefined ? [] : Object.entries(command(windowsArguments(line), line));
  return {
    [`${prefix}.executable`]: executable,
    [`${prefix}.name`]: executable === undefined ? undefined : baseName(executable),
    ...Object.fromEntries(own.map(([path, value]) => [path.replace(/^process/, prefix), value])),
  };
}
