/**
 * A tar archive that is the same for the same files: sorted, owned by root, of one time.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar)
 */

/** 1980-01-01, the first day that zip files know too. Splunk refuses neither. */
const MTIME = 315_532_800;
const BLOCK = 512;

/** In: contents by path, `/` between folders. Folders are added by themselves. Throws RangeError for a path that is too long. */
export function tar(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at + 1));
  }
  const parts: Uint8Array[] = [];
  for (const path of [...files.keys(), ...folders].sort()) {
    const content = files.get(path);
    parts.push(header(path, content?.length));
    if (content !== undefined) parts.push(content, Buffer.alloc(-content.length & (BLOCK - 1)));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** `size` undefined: a folder. */
function header(path: string, size: number | undefined): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = split(path);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(size === undefined ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size ?? 0, 12), 124);
  block.write(octal(MTIME, 12), 136);
  block.write(' '.repeat(8), 148);
  block.write(size === undefined ? '5' : '0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write('root', 265);
  block.write('root', 297);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Up to 155 bytes of folders, up to 100 of name. */
function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  const at = path.indexOf('/', path.length - 101);
  const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
  if (at < 1 || Buffer.byteLength(prefix) > 155 || Buffer.byteLength(name) > 100)
    throw new RangeError(`too long: ${path}`);
  return [prefix, name];
}
