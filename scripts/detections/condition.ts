/**
 * The condition of a Sigma rule → Match. `or` binds weakest, then `and`, then `not`; `1 of name*`, `all of them`.
 * https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html#condition
 */
import type { Match } from './model.ts';

export type Searches = ReadonlyMap<string, Match>;

const MOST = 1000;

/** Throws Error with what can't be read. */
export function matchOf(condition: string, searches: Searches): Match {
  const tokens = condition.match(/\(|\)|[^\s()]+/g) ?? [];
  if (tokens.length > MOST) throw new Error(`the condition has more than ${MOST} words`);
  let at = 0;
  const peek = () => tokens[at]?.toLowerCase();
  const take = () => {
    if (at >= tokens.length) throw new Error(`the condition "${condition}" ends too early`);
    return tokens[at++];
  };

  function or(): Match {
    const of = [and()];
    while (peek() === 'or') {
      at++;
      of.push(and());
    }
    return joined('or', of);
  }
  function and(): Match {
    const of = [not()];
    while (peek() === 'and') {
      at++;
      of.push(not());
    }
    return joined('and', of);
  }
  function not(): Match {
    if (peek() !== 'not') return primary();
    at++;
    return { kind: 'not', of: not() };
  }
  function primary(): Match {
    const token = take();
    if (token === '(') {
      const inner = or();
      if (take() !== ')') throw new Error(`the condition "${condition}" lacks a closing parenthesis`);
      return inner;
    }
    if (peek() === 'of') {
      at++;
      return quantified(token.toLowerCase(), take(), searches);
    }
    const search = searches.get(token);
    if (search === undefined) throw new Error(`the condition names "${token}", which the detection does not have`);
    return search;
  }

  const match = or();
  if (at < tokens.length) throw new Error(`the condition "${condition}" can't be read from "${tokens[at]}" on`);
  return match;
}

export const joined = (kind: 'and' | 'or', of: readonly Match[]): Match => (of.length === 1 ? of[0] : { kind, of });

function quantified(quantity: string, pattern: string, searches: Searches): Match {
  const kind = ({ '1': 'or', any: 'or', all: 'and' } as const)[quantity];
  if (kind === undefined) throw new Error(`"${quantity} of" is not supported: expected 1 of or all of`);
  const start = pattern === 'them' ? '' : pattern.replace(/\*$/, '');
  const isExact = pattern !== 'them' && !pattern.endsWith('*');
  const of = [...searches]
    .filter(([name]) => (isExact ? name === pattern : name.startsWith(start)))
    .filter(([name]) => pattern !== 'them' || !name.startsWith('_'))
    .map(([, match]) => match);
  if (of.length === 0) throw new Error(`"${quantity} of ${pattern}" names nothing`);
  return joined(kind, of);
}
