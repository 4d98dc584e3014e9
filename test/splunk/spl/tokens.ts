/** The words of an eval expression. https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Eval */

export type Token =
  | { readonly kind: 'string' | 'field' | 'name' | 'operator'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string };

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /^"(?:[^"\\]|\\[\s\S])*"/],
  ['field', /^'[^']*'/],
  ['number', /^\d+(?:\.\d+)?/],
  ['name', /^[A-Za-z_][\w]*/],
  ['operator', /^(?:==|!=|<=|>=|[-+*/%.=<>(),])/],
];

/** Throws SyntaxError at the first character that begins no word. */
export function tokens(expression: string): Token[] {
  const found: Token[] = [];
  let rest = expression.trimStart();
  while (rest !== '') {
    const [kind, text] = next(rest, expression);
    found.push({ kind, text: kind === 'string' ? unquoted(text) : kind === 'field' ? text.slice(1, -1) : text });
    rest = rest.slice(text.length).trimStart();
  }
  return found;
}

function next(rest: string, whole: string): readonly [Token['kind'], string] {
  for (const [kind, pattern] of PATTERNS) {
    const text = pattern.exec(rest)?.[0];
    if (text !== undefined) return [kind, text];
  }
  throw new SyntaxError(`unexpected ${JSON.stringify(rest.slice(0, 20))} in ${whole}`);
}

/** In a string only `\"` and `\\` are escapes: `"\d"` is a backslash and a d, which regular expressions need. */
const unquoted = (text: string): string => text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
