/** The code of a deployed Lambda: as it is, or with a mistake in it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import type { SourceName } from '../../shared/sources.ts';
import { root } from '../rig/cache.ts';

export interface CodeOptions {
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  /** The interpreter that `python()` set up. */
  readonly python: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the functions. */
  readonly stack: string;
}

const run = promisify(execFile);

/** Deploys `write` of a source with a first statement that nobody wanted; the result puts it as it was. */
export async function spoil(source: SourceName, statement: string, options: CodeOptions): Promise<() => Promise<void>> {
  const { lambda, stack } = options;
  const update = async (ZipFile: Uint8Array) => {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: `${stack}-${source}`, ZipFile }));
  };
  const zip = await deployedZip(source, options);
  await update(await spoiled(zip, source, statement, options));
  return () => update(zip);
}

async function deployedZip(source: SourceName, { s3, outputs }: CodeOptions): Promise<Uint8Array> {
  const Bucket = outputs.ServerlessDeploymentBucketName;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  const found = Contents.find(({ Key = '' }) => Key.endsWith(`/${source}.zip`));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: found?.Key }));
  return Body!.transformToByteArray();
}

async function spoiled(
  zip: Uint8Array,
  source: SourceName,
  statement: string,
  { python }: CodeOptions,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-spoilt-'));
  try {
    const [before, inside, after] = ['before.zip', 'inside', 'after.zip'].map((name) => join(folder, name));
    await writeFile(before, zip);
    await run(python, ['-m', 'zipfile', '-e', before, inside]);
    await bundle(source, statement, join(inside, `functions/${source}/handler.cjs`));
    const entries = (await readdir(inside)).map((name) => join(inside, name));
    await run(python, ['-m', 'zipfile', '-c', after, ...entries]);
    return await readFile(after);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const WRITE = /\bwrite\((\w+), ([^)]*), doc, facts\) \{/;

async function bundle(source: SourceName, statement: string, outfile: string): Promise<void> {
  const path = join(root, `functions/${source}/source.ts`);
  const text = await readFile(path, 'utf8');
  const contents = text.replace(WRITE, `write($1, from, doc, facts) { ${statement}; const $2 = from;`);
  if (contents === text) throw new Error(`${path} has no write that can be spoilt`);
  await build({
    entryPoints: [join(root, `functions/${source}/handler.ts`)],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname' },
    outfile,
    plugins: [
      {
        name: 'spoil',
        setup(build) {
          build.onLoad({ filter: /functions\/\w+\/source\.ts$/ }, (args) =>
            args.path === path ? { contents, loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
}
