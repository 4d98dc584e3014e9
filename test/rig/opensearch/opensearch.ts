/**
 * A real OpenSearch node with the security plugin on 127.0.0.1, for tests and the demo: 3.4.0 where a JDK 21 or newer is
 * found, else 2.19.4. Its data are thrown away at the end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { selfSigned } from '../hec/certificate.ts';
import { locked } from '../lock.ts';
import { type Home, home } from './setup.ts';

export interface Node {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** PEM of the authority that the node's certificate is from. */
  readonly caFile: string;
  readonly version: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Options {
  /** Takes one line for a person to read. */
  readonly progress?: (line: string) => void;
  /** The node lives for minutes, so that the optimizing compiler pays. Default: false. */
  readonly isLong?: boolean;
  /** Of the JVM, such as `2g`. Default: 512 MB, 1 GB for a long life. */
  readonly heap?: string;
}

// the user that the security plugin's own example configuration brings
const USERNAME = 'admin';
const PASSWORD = 'admin';

const START_MS = 120_000;

const SETTINGS = `cluster.name: bongsu-test
node.name: node
discovery.type: single-node
network.host: 127.0.0.1
http.port: 0
transport.port: 0
node.store.allow_mmap: false
cluster.routing.allocation.disk.threshold_enabled: false
plugins.security.ssl.transport.pemcert_filepath: node.pem
plugins.security.ssl.transport.pemkey_filepath: node.key
plugins.security.ssl.transport.pemtrustedcas_filepath: node.pem
plugins.security.ssl.transport.enforce_hostname_verification: false
plugins.security.ssl.http.enabled: true
plugins.security.ssl.http.pemcert_filepath: node.pem
plugins.security.ssl.http.pemkey_filepath: node.key
plugins.security.allow_default_init_securityindex: true
plugins.security.nodes_dn: ["CN=bongsu test"]
plugins.security.restapi.roles_enabled: ["all_access", "security_rest_api_access"]
plugins.security.audit.type: noop
`;

const LOGGING = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;

/**
 * Starts a node; resolves once it answers an authenticated request. It ends with this process at the latest.
 * `skipped` says what is missing on this machine. Throws when the node does not come up, with the last lines it said.
 */
export async function startOpenSearch({
  progress = () => {},
  isLong = false,
  heap = isLong ? '1g' : '512m',
}: Options = {}): Promise<Node | { skipped: string }> {
  const found = await home(progress);
  if ('missing' in found) return { skipped: found.missing };
  await archive(found, progress);
  progress(`starting OpenSearch ${found.release.version}`);
  const java = await launch(found, `-XX:SharedArchiveFile=${archiveOf(found)}`, { heap, isLong });
  const stop = async () => {
    java.process.kill('SIGKILL'); // its data are thrown away, so it need not end well
    await java.exited;
    await rm(java.work, { recursive: true, force: true });
  };
  try {
    await authenticates(java.url, await readFile(java.caFile, 'utf8'));
  } catch (error) {
    await stop();
    throw error;
  }
  const { url, caFile } = java;
  const { version } = found.release;
  return { url, username: USERNAME, password: PASSWORD, caFile, version, pid: java.process.pid!, stop };
}

/** Classes as the JVM has them in memory after a start: later starts take half the time. */
const archiveOf = ({ folder, jdk }: Home) => join(folder, `classes-${jdk.version}.jsa`);

/** Starts and ends a node once, for the archive. A JDK older than 13 ignores the option and leaves none. */
async function archive(home: Home, progress: (line: string) => void): Promise<void> {
  const path = archiveOf(home);
  const make = async () => {
    if (existsSync(path)) return;
    progress('starting OpenSearch once to make its later starts faster');
    const java = await launch(home, `-XX:ArchiveClassesAtExit=${path}.new`, { heap: '512m', isLong: false });
    java.process.stdin?.end();
    await java.exited;
    if (existsSync(`${path}.new`)) await rename(`${path}.new`, path);
    else await writeFile(path, '');
  };
  if (!existsSync(path)) await locked(`${path}.lock`, make, () => progress('waiting for another first start'));
}

/** A JVM whose node listens. */
interface Java {
  readonly process: ChildProcess;
  readonly url: string;
  readonly caFile: string;
  readonly work: string;
  readonly exited: Promise<unknown>;
}

type Jvm = Required<Pick<Options, 'heap' | 'isLong'>>;

async function launch(home: Home, archiving: string, options: Jvm): Promise<Java> {
  const work = await workFolder(home);
  const java = spawn(
    join(home.jdk.home, 'bin/java'),
    [...jvm(home, work, archiving, options), 'Launcher', home.folder, work],
    {
      cwd: work,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const exited = once(java, 'exit');
  try {
    const url = `https://${await listening(java)}`;
    return { process: java, url, caFile: join(work, 'config/node.pem'), work, exited };
  } catch (error) {
    java.kill('SIGKILL');
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

function jvm({ folder, jdk }: Home, work: string, archiving: string, { heap, isLong }: Jvm): string[] {
  const memory = [`-Xms${heap}`, `-Xmx${heap}`, '-XX:+UseSerialGC'];
  // the optimizing compiler costs more than it brings in the few seconds that a node lives
  const quick = isLong ? [] : ['-XX:TieredStopAtLevel=1'];
  const start = [...quick, '-XX:+IgnoreUnrecognizedVMOptions', '-Xlog:disable', archiving];
  const properties = {
    'java.io.tmpdir': join(work, 'tmp'),
    'log4j2.disable.jmx': true,
    'log4j.shutdownHookEnabled': false,
  };
  return [
    ...memory,
    ...start,
    ...(jdk.major >= 21 ? ['--enable-native-access=ALL-UNNAMED'] : []),
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    '-cp',
    join(folder, 'lib/*'),
  ];
}

async function workFolder({ folder }: Home): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'bongsu-opensearch-'));
  const config = join(work, 'config');
  for (const name of ['data', 'logs', 'tmp']) await mkdir(join(work, name));
  await cp(join(folder, 'plugins/opensearch-security/config'), join(config, 'opensearch-security'), {
    recursive: true,
  });
  const { key, cert } = selfSigned();
  const files = { 'opensearch.yml': SETTINGS, 'log4j2.properties': LOGGING, 'node.pem': cert, 'node.key': key };
  for (const [name, content] of Object.entries(files)) await writeFile(join(config, name), content, { mode: 0o600 });
  return work;
}

/** Resolves to `host:port`. The rest of what the node says is kept for the error only. */
function listening(java: ChildProcess): Promise<string> {
  const said: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const failed = (why: string) => reject(new Error(`OpenSearch did not start: ${why}\n${said.join('\n')}`));
  const timer = setTimeout(() => failed(`nothing listens after ${START_MS} ms`), START_MS);
  for (const stream of [java.stdout!, java.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      const ready = /^OPENSEARCH_READY (\S+)/.exec(line);
      if (ready !== null) resolve(ready[1]);
      if (said.push(line) > 40) said.shift();
    });
  }
  java.once('error', (error) => failed(error.message));
  java.once('exit', (code, signal) => failed(`it ended with ${code ?? signal}`));
  return promise.finally(() => clearTimeout(timer));
}

/** The security plugin reads its users only after the node listens: until then it answers 503. */
async function authenticates(url: string, ca: string): Promise<void> {
  const options = { ca, auth: `${USERNAME}:${PASSWORD}`, agent: false } as const;
  for (const until = Date.now() + START_MS; ; await sleep(100)) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/_cluster/health`, options, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    if (status === 200) return;
    if (Date.now() > until) throw new Error(`OpenSearch answers ${status} after ${START_MS} ms`);
  }
}
