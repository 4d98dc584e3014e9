/**
 * The HEC receiver of compose.yaml. Writes to the folder OUT: `hec.pem`, its certificate, and `events.ndjson`, each event that
 * it took. HEC_TOKEN is the token that it asks for.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from '../../test/rig/hec/certificate.ts';
import { startHec } from '../../test/rig/hec/hec.ts';

const { OUT: folder = 'out/compose', HEC_TOKEN: token = '' } = process.env;
if (token === '') throw new Error('HEC_TOKEN is missing');

const events = join(folder, 'events.ndjson');
const tls = selfSigned();
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'hec.pem'), tls.cert);
writeFileSync(events, '');
await startHec({
  token,
  tls,
  keep: 0, // they are in the file
  listen: { port: Number(process.env.HEC_PORT ?? 8088), host: process.env.HEC_HOST ?? '0.0.0.0' },
  onEvents: (all) => appendFileSync(events, all.map((event) => `${JSON.stringify(event)}\n`).join('')),
});
process.stdout.write('HEC receiver is listening\n');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
