/** `npm run demo -- --compose`: the destinations of compose.yaml, started with Docker and removed at the end. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../shared/errors.ts';
import type { HecEvent } from '../../test/rig/hec/events.ts';
import type { Destinations } from './deployed.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'out/compose');
const IN_CONTAINER = '/usr/share/opensearch/config/root-ca.pem';

type Docker = (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<string>;

const docker: Docker = async (args, env) => {
  const options = { cwd: root, env: { ...process.env, ...env } };
  return (await promisify(execFile)('docker', ['compose', '--project-name', 'bongsu-demo', ...args], options)).stdout;
};

/** Starts the three containers and waits until they are healthy. Throws Error where Docker is missing or one does not start. */
export async function composed(token: string, compose: Docker = docker): Promise<Destinations> {
  // OpenSearch asks for upper and lower case, digits and a special character
  const env = { BONGSU_PASSWORD: `Aa1!${randomBytes(18).toString('base64url')}`, HEC_TOKEN: token };
  const down = async () => {
    await compose(['down', '--volumes'], env);
    await rm(folder, { recursive: true, force: true });
  };
  await mkdir(folder, { recursive: true });
  try {
    await compose(['up', '--detach', '--wait'], env);
    const caFile = join(folder, 'opensearch.pem');
    await compose(['cp', `opensearch:${IN_CONTAINER}`, caFile], env);
    return {
      node: { url: 'https://localhost:9200', username: 'admin', password: env.BONGSU_PASSWORD, caFile, stop: down },
      hec: { url: 'https://localhost:8088', caFile: join(folder, 'hec.pem'), events, stop: async () => {} },
    };
  } catch (error) {
    await down().catch(() => {});
    throw new Error(`Docker Compose: ${messageOf(error)}`, { cause: error });
  }
}

/** What the receiver took, by its file. */
function events(id?: string): readonly HecEvent[] {
  const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n');
  const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as HecEvent);
  return id === undefined ? all : all.filter(({ fields }) => fields?.event_id === id);
}
