/** Finds a JDK on this machine: a folder with bin/java and bin/javac, whose file `release` tells the version. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export interface Jdk {
  readonly home: string;
  /** `25.0.3`. */
  readonly version: string;
  /** 25. */
  readonly major: number;
}

// Debian and Temurin; macOS
const FOLDERS: readonly [folder: string, inside: string][] = [
  ['/usr/lib/jvm', ''],
  ['/Library/Java/JavaVirtualMachines', 'Contents/Home'],
];

function candidates(): string[] {
  const homes = process.env.JAVA_HOME === undefined ? [] : [process.env.JAVA_HOME];
  for (const [folder, inside] of FOLDERS) {
    if (existsSync(folder)) homes.push(...readdirSync(folder).map((name) => join(folder, name, inside)));
  }
  const javac = onPath('javac');
  if (javac !== undefined) homes.push(dirname(dirname(realpathSync(javac))));
  return homes;
}

function jdkAt(home: string): Jdk | undefined {
  const release = join(home, 'release');
  if (!existsSync(release) || !existsSync(join(home, 'bin/javac'))) return undefined;
  const version = /^JAVA_VERSION="(.+)"$/m.exec(readFileSync(release, 'utf8'))?.[1];
  return version === undefined ? undefined : { home, version, major: Number.parseInt(version, 10) };
}

/** Every JDK found, the newest first; of one version, JAVA_HOME first. */
export function jdks(): Jdk[] {
  return candidates()
    .map(jdkAt)
    .filter((jdk) => jdk !== undefined)
    .sort((a, b) => b.major - a.major);
}

/** The full path of a command, where there is one. */
export function onPath(command: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
