/** What a user reads about a parameter: always one sentence with its name, what was expected and what was found. */

export const fault = (name: string, expected: string, found?: unknown): string =>
  `Parameter "${name}": expected ${expected}, found ${shown(name, found)}.`;

/** A secret given instead of its ARN, or a password in an address, must not reach a build log. */
function shown(name: string, found: unknown): string {
  if (found === undefined) return 'nothing';
  if (name.endsWith('SecretArn')) return `something else (${String(found).length} characters)`;
  return JSON.stringify(found).replaceAll(/\/\/[^/"]*@/g, '//***@');
}

export const misspelt = (name: string, known: readonly string[]): string =>
  `Parameter "${name}": there is no such parameter${meant(name, known)}`;

/** `; did you mean "…"?` where a known name is near; else a full stop. */
export function meant(name: string, known: readonly string[]): string {
  const [nearest = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b));
  const letters = distance(name, nearest);
  const isNear = letters < name.length && letters <= Math.max(2, Math.floor(nearest.length / 4));
  return isNear ? `; did you mean "${nearest}"?` : '.';
}

/** Letters to insert, drop or exchange to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...from].entries()) {
    const above = row;
    row = [line + 1];
    for (let at = 1; at <= to.length; at++) {
      row[at] = Math.min(above[at] + 1, row[at - 1] + 1, above[at - 1] + (letter === to[at - 1] ? 0 : 1));
    }
  }
  return row[to.length];
}
