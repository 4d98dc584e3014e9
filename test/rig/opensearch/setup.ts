/**
 * Lays out a real OpenSearch home (lib, modules, the security plugin) from the artifacts that its project publishes on
 * Maven Central, since the distribution itself is not there. Needs a JDK and, the first time, Maven.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cache } from '../cache.ts';
import { locked } from '../lock.ts';
import { type Jdk, jdks, onPath } from './jdk.ts';

export interface Release {
  readonly version: string;
  /** Java versions that it runs on: from this one, to below that one. */
  readonly java: readonly [from: number, below: number];
  /** What the class names of its modules end in. */
  readonly suffix: 'ModulePlugin' | 'Plugin';
  /** opensearch-plugin-classloader is not published for every patch release; its one class never changes. */
  readonly classloader: string;
}

export interface Home {
  readonly folder: string;
  readonly jdk: Jdk;
  readonly release: Release;
}

const RELEASES: readonly Release[] = [
  { version: '3.4.0', java: [21, Number.POSITIVE_INFINITY], suffix: 'ModulePlugin', classloader: '3.4.0' },
  { version: '2.19.4', java: [11, 21], suffix: 'Plugin', classloader: '2.19.0' },
];

// module, artifact of org.opensearch.plugin, class without its suffix, module that it extends
const MODULES: readonly (readonly [name: string, artifact: string, plugin: string, base?: string])[] = [
  ['transport-netty4', 'transport-netty4-client', 'transport.Netty4'],
  ['lang-painless', 'lang-painless', 'painless.Painless'],
  ['lang-mustache', 'lang-mustache-client', 'script.mustache.Mustache'],
  ['lang-expression', 'lang-expression', 'script.expression.Expression'],
  ['reindex', 'reindex-client', 'index.reindex.Reindex'],
  ['parent-join', 'parent-join-client', 'join.ParentJoin'],
  ['percolator', 'percolator-client', 'percolator.Percolator'],
  ['rank-eval', 'rank-eval-client', 'index.rankeval.RankEval'],
  ['aggs-matrix-stats', 'aggs-matrix-stats-client', 'search.aggregations.matrix.MatrixAggregation'],
  ['mapper-extras', 'mapper-extras-client', 'index.mapper.MapperExtras'],
  ['analysis-common', 'analysis-common', 'analysis.common.CommonAnalysis', 'lang-painless'],
  ['ingest-common', 'ingest-common', 'ingest.common.IngestCommon', 'lang-painless'],
  ['ingest-user-agent', 'ingest-user-agent', 'ingest.useragent.IngestUserAgent'],
  ['geo', 'geo', 'geo.Geo'],
];

const DEPENDENCY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
const SECURITY = 'opensearch-security';

const run = promisify(execFile);

/** The newest release that a JDK of this machine runs; `BONGSU_OPENSEARCH=2.19` asks for that one. */
export function runnable(): { jdk: Jdk; release: Release } | undefined {
  const found = jdks();
  const asked = process.env.BONGSU_OPENSEARCH ?? '';
  for (const release of RELEASES.filter(({ version }) => version.startsWith(asked))) {
    const jdk = found.find(({ major }) => major >= release.java[0] && major < release.java[1]);
    if (jdk !== undefined) return { jdk, release };
  }
  return undefined;
}

/** A home ready to start from; what is missing is set up. Undefined, with a progress line, without a JDK or Maven. */
export async function home(progress: (line: string) => void): Promise<Home | { missing: string }> {
  const found = runnable();
  if (found === undefined) return { missing: 'no JDK 11 or newer was found (JAVA_HOME, /usr/lib/jvm, PATH)' };
  const { jdk, release } = found;
  const folder = cache(`opensearch-${release.version}-${await fingerprint()}`);
  if (!existsSync(folder)) {
    if (onPath('mvn') === undefined) return { missing: 'no Maven (mvn) was found to set up OpenSearch with' };
    await locked(
      cache('opensearch.lock'),
      () => setUp({ folder, jdk, release }, progress),
      () => progress('another process is setting up OpenSearch: waiting for it'),
    );
  }
  return { folder, jdk, release };
}

/** Changes when the set-up does. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['setup.ts', 'Launcher.java']) hash.update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 12);
}

async function setUp({ folder, jdk, release }: Home, progress: (line: string) => void): Promise<void> {
  if (existsSync(folder)) return;
  progress(`setting up OpenSearch ${release.version} on JDK ${jdk.version}, once (about half a minute)`);
  await mkdir(cache(), { recursive: true });
  const building = await mkdtemp(cache('opensearch-building-'));
  const scratch = await mkdtemp(join(tmpdir(), 'opensearch-setup-'));
  try {
    await modules(building, scratch, jdk, release);
    await security(building, scratch, jdk, release);
    await launcher(building, scratch, jdk);
    await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function maven(folder: string, jdk: Jdk, args: readonly string[]): Promise<void> {
  const options = ['--batch-mode', '--quiet', `-Dmaven.repo.local=${cache('maven')}`];
  await run('mvn', [...options, ...args], { cwd: folder, env: { ...process.env, JAVA_HOME: jdk.home } });
}

const dependency = (group: string, artifact: string, version: string, scope = 'compile') =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><scope>${scope}</scope></dependency>`;

const project = (name: string, content: string) =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>bongsu.rig</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>${content}</project>`;

/** lib and modules, each project of one Maven run: what it depends on is copied into a folder of its own. */
async function modules(
  building: string,
  scratch: string,
  jdk: Jdk,
  { version, suffix, classloader }: Release,
): Promise<void> {
  const libraries = [
    dependency('org.opensearch', 'opensearch', version),
    dependency('org.opensearch', 'opensearch-plugin-classloader', classloader),
    dependency('org.apache.logging.log4j', 'log4j-core', '2.21.0'),
    dependency('org.locationtech.jts', 'jts-core', '1.15.0'),
    dependency('org.locationtech.spatial4j', 'spatial4j', '0.7'),
  ];
  const projects = new Map([['lib', { out: 'lib', dependencies: libraries }]]);
  for (const [name, artifact] of MODULES) {
    const core = dependency('org.opensearch', 'opensearch', version, 'provided');
    const dependencies = [core, dependency('org.opensearch.plugin', artifact, version)];
    projects.set(`module-${name}`, { out: `modules/${name}`, dependencies });
  }
  for (const [name, { out, dependencies }] of projects) {
    const properties = `<properties><out>${join(building, out)}</out></properties>`;
    await mkdir(join(scratch, name));
    const pom = project(name, `${properties}<dependencies>${dependencies.join('')}</dependencies>`);
    await writeFile(join(scratch, name, 'pom.xml'), pom);
  }
  const all = [...projects.keys()].map((name) => `<module>${name}</module>`).join('');
  await writeFile(join(scratch, 'pom.xml'), project('all', `<modules>${all}</modules>`));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Maven fills it in, for each project
  await maven(scratch, jdk, [`${DEPENDENCY}:copy-dependencies`, '-DincludeScope=runtime', '-DoutputDirectory=${out}']);
  for (const [name, , plugin, base = ''] of MODULES) {
    const folder = join(building, 'modules', name);
    const className = `org.opensearch.${plugin}${plugin === 'geo.Geo' ? 'ModulePlugin' : suffix}`;
    await dropRepeated(folder, join(building, 'lib'));
    await writeFile(join(folder, 'plugin-descriptor.properties'), descriptor(name, version, className, base));
  }
}

/** OpenSearch refuses a module that repeats a jar of lib ("jar hell"). */
async function dropRepeated(folder: string, lib: string): Promise<void> {
  for (const name of await readdir(folder)) if (existsSync(join(lib, name))) await rm(join(folder, name));
}

const descriptor = (name: string, version: string, className: string, base: string) =>
  Object.entries({
    name,
    version,
    description: name,
    classname: className,
    'java.version': '11',
    'opensearch.version': version,
    'custom.foldername': '',
    'extended.plugins': base,
    'has.native.controller': 'false',
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

async function security(building: string, scratch: string, jdk: Jdk, { version }: Release): Promise<void> {
  const folder = join(building, 'plugins', SECURITY);
  const copy = (artifact: string, to: string) =>
    maven(scratch, jdk, [`${DEPENDENCY}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${to}`]);
  await mkdir(folder, { recursive: true });
  await copy(`org.opensearch.plugin:${SECURITY}:${version}.0:zip`, scratch);
  await run(join(jdk.home, 'bin/jar'), ['xf', join(scratch, `${SECURITY}-${version}.0.zip`)], { cwd: folder });
  if (version.startsWith('2.')) return;
  // 3.x extends two plugins that are published nowhere: it runs without them, but takes commons-collections4 from them
  const path = join(folder, 'plugin-descriptor.properties');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/^extended\.plugins=.*$/m, 'extended.plugins='));
  await copy('org.apache.commons:commons-collections4:4.4', folder);
}

/** As a jar, since an archive of loaded classes (see opensearch.ts) allows only jars on the class path. */
async function launcher(building: string, scratch: string, jdk: Jdk): Promise<void> {
  const classes = join(scratch, 'classes');
  const source = join(import.meta.dirname, 'Launcher.java');
  await run(join(jdk.home, 'bin/javac'), ['-nowarn', '-cp', join(building, 'lib/*'), '-d', classes, source]);
  await run(join(jdk.home, 'bin/jar'), ['cf', join(building, 'lib/launcher.jar'), '-C', classes, '.']);
}
