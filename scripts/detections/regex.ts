/**
 * A rule's regular expression → Lucene's, which is anchored and knows no classes by letter.
 * https://docs.opensearch.org/latest/query-dsl/regex-syntax/
 */

const CLASSES: Readonly<Record<string, string>> = {
  d: '[0-9]',
  w: '[A-Za-z0-9_]',
  s: '[ \t\r\n]',
  D: '[^0-9]',
  W: '[^A-Za-z0-9_]',
  S: '[^ \t\r\n]',
};

/** To be used with `flags: NONE`. Throws Error for what Lucene has not. */
export function luceneOf(source: string): string {
  const no = (what: string) =>
    new Error(`the regular expression ${source} has ${what}, which OpenSearch does not know`);
  if (source.includes('(?')) throw no('a group that begins with (?');
  if (/[*+?}]\?/.test(source.replaceAll('\\?', ''))) throw no('a lazy quantifier');
  let inner = source;
  const isStart = inner.startsWith('^');
  const isEnd = /(^|[^\\])\$$/.test(inner);
  if (isStart) inner = inner.slice(1);
  if (isEnd) inner = inner.slice(0, -1);
  let out = '';
  let isClass = false;
  for (let at = 0; at < inner.length; at++) {
    const letter = inner[at];
    if (letter === '\\') {
      const next = inner[++at];
      if (next === undefined || /[bBAZ1-9]/.test(next)) throw no(`\\${next}`);
      const known = CLASSES[next];
      if (known !== undefined && isClass) out += /[DWS]/.test(next) ? fail(no(`\\${next} in []`)) : known.slice(1, -1);
      else out += known ?? (/[a-z]/i.test(next) ? next : `\\${next}`);
      continue;
    }
    if (!isClass && (letter === '^' || letter === '$')) throw no(`${letter} in its middle`);
    if (isClass && letter === '-' && (inner[at - 1] === '[' || inner[at + 1] === ']')) {
      out += '\\-'; // a letter, which Lucene takes for a range
      continue;
    }
    if (letter === '[') isClass = true;
    if (letter === ']') isClass = false;
    out += !isClass && /["@&~#<]/.test(letter) ? `\\${letter}` : letter;
  }
  return `${isStart ? '' : '.*'}(${out})${isEnd ? '' : '.*'}`;
}

function fail(error: Error): never {
  throw error;
}
