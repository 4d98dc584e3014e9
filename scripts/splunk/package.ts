/** `npm run splunk:package`: writes the Splunk apps to out/splunk/, ready to be installed. The same sources give the same bytes. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APPS, packaged } from './apps.ts';

const out = join(import.meta.dirname, '../../out/splunk');
await mkdir(out, { recursive: true });
for (const app of APPS) {
  const { name, bytes } = await packaged(app);
  await writeFile(join(out, name), bytes);
  process.stdout.write(`out/splunk/${name}  ${bytes.length} bytes  sha256 ${sha256(bytes)}\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
