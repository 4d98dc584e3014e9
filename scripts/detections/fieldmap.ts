/** Raw field names → fields of our documents, read from a source's own field map, so that both can't drift apart. */

/** A row of `functions/<source>/fields.ts`. */
export type Row = readonly [target: string, paths: string | readonly string[] | null, cast?: unknown];

export interface FieldMap {
  /** undefined: documents do not have it. */
  of(raw: string): string | undefined;
  readonly targets: ReadonlySet<string>;
}

/** Casts that leave the value as it is, but for its letters' case and its type. */
const PLAIN: ReadonlySet<unknown> = new Set([undefined, 'int', 'float', 'boolean', 'instant', 'lower', 'ip', 'name']);
// `aws.cloudtrail.request.*` is for people: a role's may be its name or its ARN
const UNFIT = /^(related\.|aws\.cloudtrail\.request\.|@timestamp$|message$|tags$)/;

/** A member of its own: not `constructor`, which every object has. */
export const own = <T>(of: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;

const bare = (path: string): string => path.replaceAll('[]', '');

/** `others`: raw names that are not in rows, because a source computes them. */
export function fieldMap(rows: readonly Row[], others: Readonly<Record<string, string>> = {}): FieldMap {
  const exact = new Map<string, { target: string; score: number }>();
  const below: [path: string, target: string][] = [];
  for (const [target, given, cast] of rows) {
    if (given === null || UNFIT.test(target)) continue;
    const paths = typeof given === 'string' ? [given] : given;
    for (const [at, path] of paths.entries()) {
      if (path.startsWith('derived.')) continue;
      if (cast === 'flat' || cast === 'parsed' || cast === 'object' || cast === 'headers')
        below.push([bare(path), bare(target)]);
      const isOther = at > 0 && !target.endsWith('[]');
      if (isOther || (typeof cast === 'object' && cast !== null && 'constant' in cast)) continue;
      const score = (paths.length === 1 ? 4 : 0) + (PLAIN.has(cast) ? 2 : 0) + (target.startsWith('aws.') ? 1 : 0);
      const before = exact.get(bare(path));
      if (before === undefined || before.score < score) exact.set(bare(path), { target: bare(target), score });
    }
  }
  below.sort(([a], [b]) => b.length - a.length);
  const inFlat = (raw: string): string | undefined => {
    const [path, target] = below.find(([each]) => raw.startsWith(`${each}.`)) ?? [];
    return path === undefined ? undefined : `${target}${raw.slice(path.length)}`;
  };
  const targets = new Set([...[...exact.values()].map(({ target }) => target), ...Object.values(others)]);
  return { of: (raw) => own(others, raw) ?? exact.get(raw)?.target ?? inFlat(raw), targets };
}
