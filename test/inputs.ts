/** What the bundler reads for some files. */
import { build, type Metafile } from 'esbuild';
import { root } from './rig/cache.ts';

/** The files that entry points import, directly or through others, each with its imports. In and out: paths below the project. */
export async function inputsOf(entryPoints: readonly string[]): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entryPoints],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return metafile.inputs;
}
