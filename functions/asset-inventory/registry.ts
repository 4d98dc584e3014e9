/**
 * Which services there are, and in which packs they are looked at: one row for each file in types/. A file is loaded when a
 * unit of one of its packs is at work, so that a unit pays for its own clients only (EC2's alone takes 0.1 s and 40 MB).
 */
import type { Declaration, Pack } from './declaration.ts';

export const PACKS: readonly Pack[] = ['net', 'compute', 'data', 'edge', 'security', 'identity'];

interface Service {
  /** Of its declarations; of a global one also `identity`. */
  readonly packs: readonly Pack[];
  load(): Promise<{ readonly declarations: readonly Declaration[] }>;
}

const SERVICES: readonly Service[] = [
  { packs: ['net', 'compute'], load: () => import('./types/ec2.ts') },
  { packs: ['identity'], load: () => import('./types/iam.ts') },
  { packs: ['identity'], load: () => import('./types/organizations.ts') },
  { packs: ['identity'], load: () => import('./types/s3.ts') },
];

/** What a unit looks at, in the order of their types: all that is global, or the pack's of a region. */
export async function declarationsOf(pack: Pack): Promise<readonly Declaration[]> {
  const loaded = await Promise.all(SERVICES.filter(({ packs }) => packs.includes(pack)).map(({ load }) => load()));
  return loaded
    .flatMap(({ declarations }) => declarations)
    .filter((each) => (each.scope === 'global' ? pack === 'identity' : each.pack === pack))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** All of them, for what is generated: the role of member accounts, the table of docs/assets.md. */
export async function allDeclarations(): Promise<readonly Declaration[]> {
  const packs = await Promise.all(PACKS.map(declarationsOf));
  return packs.flat();
}
