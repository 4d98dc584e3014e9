/** Eval expressions: parsed once, then asked for their value with an event's fields. */
import { FUNCTIONS, like } from './functions.ts';
import { type Token, tokens } from './tokens.ts';
import { compare, fromList, isNumeric, listOf, numberOf, textOf, type Value } from './value.ts';

export type Fields = (name: string) => Value;
/** Of the fields of an event. Throws TypeError where a value is of a kind that Splunk refuses as well. */
export type Expression = (fields: Fields) => Value;

/** Throws SyntaxError for what is no expression, and for a function that is not known here. */
export function expression(source: string): Expression {
  const parser = new Parser(source);
  const parsed = parser.any();
  parser.end();
  return parsed;
}

const isTrue = (value: Value): boolean => value === true;
const EQUALS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

/** An mv field equals a value when one of its values does. */
function compared(operator: string, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  const isMet = (a: Value, b: Value) => EQUALS[operator](compare(a, b)!);
  if (operator === '!=') return !isTrue(compared('=', left, right));
  return listOf(left).some((a) => listOf(right).some((b) => isMet(a, b)));
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  if (operator === '.') return `${textOf(left)}${textOf(right)}`;
  if (!isNumeric(left) || !isNumeric(right)) {
    return operator === '+' ? `${textOf(left)}${textOf(right)}` : null;
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  return b === 0 ? null : operator === '/' ? a / b : a % b;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokens(source);
  }

  any(): Expression {
    return this.#chain(
      ['OR', 'XOR'],
      () => this.#and(),
      (word, a, b) => (word === 'OR' ? isTrue(a) || isTrue(b) : isTrue(a) !== isTrue(b)),
    );
  }

  #and(): Expression {
    return this.#chain(
      ['AND'],
      () => this.#not(),
      (_, a, b) => isTrue(a) && isTrue(b),
    );
  }

  #not(): Expression {
    if (!this.#takes('name', 'NOT')) return this.#comparison();
    const inner = this.#not();
    return (fields) => !isTrue(inner(fields));
  }

  #comparison(): Expression {
    const left = this.#sum();
    const token = this.#peek();
    if (token?.kind === 'operator' && token.text in EQUALS) {
      this.#at++;
      const right = this.#sum();
      return (fields) => compared(token.text, left(fields), right(fields));
    }
    if (this.#takes('name', 'LIKE')) {
      const form = this.#sum();
      return (fields) => like(textOf(left(fields)) ?? '', textOf(form(fields)) ?? '');
    }
    if (this.#takes('name', 'IN')) return membership(left, this.#arguments());
    return left;
  }

  #sum(): Expression {
    return this.#chain(['+', '-', '.'], () => this.#product(), arithmetic);
  }

  #product(): Expression {
    return this.#chain(['*', '/', '%'], () => this.#unary(), arithmetic);
  }

  #unary(): Expression {
    if (!this.#takes('operator', '-')) return this.#primary();
    const inner = this.#unary();
    return (fields) => arithmetic('-', 0, inner(fields));
  }

  #primary(): Expression {
    const token = this.#peek();
    this.#at++;
    if (token?.kind === 'string') return () => token.text;
    if (token?.kind === 'number') return () => Number(token.text);
    if (token?.kind === 'field') return (fields) => fields(token.text);
    if (token?.kind === 'name') return this.#named(token.text);
    if (token?.kind === 'operator' && token.text === '(') {
      const inner = this.any();
      this.#needs(')');
      return inner;
    }
    throw this.#unexpected(token);
  }

  #named(name: string): Expression {
    const next = this.#peek();
    if (next?.kind !== 'operator' || next.text !== '(') return (fields) => fields(name);
    return call(name, this.#arguments());
  }

  #arguments(): Expression[] {
    this.#needs('(');
    const found: Expression[] = [];
    if (this.#takes('operator', ')')) return found;
    do found.push(this.any());
    while (this.#takes('operator', ','));
    this.#needs(')');
    return found;
  }

  #chain(
    words: readonly string[],
    part: () => Expression,
    join: (word: string, a: Value, b: Value) => Value,
  ): Expression {
    let left = part();
    for (let token = this.#peek(); isOneOf(token, words); token = this.#peek()) {
      const { text } = token!;
      this.#at++;
      const [before, after] = [left, part()];
      left = (fields) => join(text.toUpperCase(), before(fields), after(fields));
    }
    return left;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    const isIt = token?.kind === kind && token.text.toUpperCase() === text;
    if (isIt) this.#at++;
    return isIt;
  }

  #needs(text: string): void {
    if (!this.#takes('operator', text)) throw this.#unexpected(this.#peek());
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected(this.#peek());
  }

  #unexpected(token: Token | undefined): SyntaxError {
    return new SyntaxError(`unexpected ${token === undefined ? 'end' : JSON.stringify(token.text)} in ${this.#source}`);
  }
}

const isOneOf = (token: Token | undefined, words: readonly string[]): boolean =>
  token !== undefined &&
  (token.kind === 'operator' || token.kind === 'name') &&
  words.includes(token.text.toUpperCase());

const membership =
  (left: Expression, list: readonly Expression[]): Expression =>
  (fields) =>
    FUNCTIONS.in(left(fields), ...list.map((each) => each(fields)));

/** Functions whose arguments are looked at one by one, or once for each value. */
const LAZY: Readonly<Record<string, (args: readonly Expression[], fields: Fields) => Value>> = {
  if: ([test, yes, no], fields) => (isTrue(test(fields)) ? yes(fields) : no(fields)),
  case: (args, fields) => {
    for (let at = 0; at + 1 < args.length; at += 2) if (isTrue(args[at](fields))) return args[at + 1](fields);
    return null;
  },
  coalesce: (args, fields) => {
    for (const each of args) {
      const value = each(fields);
      if (value !== null) return value;
    }
    return null;
  },
};

/** `mvmap(x, f(x))` and `mvfilter(f(x))` look at one value of their field at a time. */
function overValues(name: string, source: Expression, body: Expression, fields: Fields): Value {
  let field: string | undefined;
  source((asked) => {
    field ??= asked;
    return fields(asked);
  });
  const values = listOf(field === undefined ? null : fields(field));
  const of = (one: Value) => body((asked) => (asked === field ? one : fields(asked)));
  if (name === 'mvfilter') return fromList(values.filter((each) => isTrue(of(each))));
  return fromList(values.flatMap((each) => listOf(of(each))));
}

function call(name: string, args: readonly Expression[]): Expression {
  const lazy = LAZY[name];
  if (lazy !== undefined) return (fields) => lazy(args, fields);
  if (name === 'mvmap') return (fields) => overValues(name, args[0], args[1], fields);
  if (name === 'mvfilter') return (fields) => overValues(name, args[0], args[0], fields);
  const plain = FUNCTIONS[name];
  if (plain === undefined) throw new SyntaxError(`unknown function ${name}`);
  return (fields) => plain(...args.map((each) => each(fields)));
}
