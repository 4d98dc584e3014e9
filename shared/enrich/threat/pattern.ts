/**
 * STIX patterns that name addresses or domains, and nothing else:
 * `[ipv4-addr:value = '198.51.100.7' OR domain-name:value LIKE '%.example.com'] OR [ipv4-addr:value ISSUBSET '198.51.100.0/24']`.
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9
 */

export interface Comparison {
  readonly operator: '=' | 'IN' | 'ISSUBSET' | 'LIKE';
  readonly text: string;
}

const TOKEN = /\s+|'(?:[^'\\]|\\.)*'|[[\](),=]|[\w:.-]+/y;
const PATHS = /^(ipv4-addr:value|ipv6-addr:value|domain-name:value|network-traffic:(src|dst)_ref\.value)$/;
const OPERATORS: ReadonlySet<string> = new Set(['=', 'IN', 'ISSUBSET', 'LIKE']);

/** undefined: the pattern asks for more, or for something else. */
export function comparisonsIn(pattern: string): readonly Comparison[] | undefined {
  const tokens = tokensIn(pattern);
  return tokens && new Reader(tokens).pattern();
}

function tokensIn(pattern: string): readonly string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < pattern.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(pattern) ?? [];
    if (token === undefined) return undefined;
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  #takes(token: string): boolean {
    const isNext = this.#tokens[this.#at]?.toUpperCase() === token;
    if (isNext) this.#at++;
    return isNext;
  }

  /** `[…] OR […]` up to the end. */
  pattern(): readonly Comparison[] | undefined {
    const all: Comparison[] = [];
    do {
      const found = this.#observation();
      if (found === undefined) return undefined;
      all.push(...found);
    } while (this.#takes('OR'));
    return this.#at === this.#tokens.length ? all : undefined;
  }

  #observation(): readonly Comparison[] | undefined {
    if (!this.#takes('[')) return undefined;
    const all: Comparison[] = [];
    do {
      const found = this.#comparison();
      if (found === undefined) return undefined;
      all.push(...found);
    } while (this.#takes('OR'));
    return this.#takes(']') ? all : undefined;
  }

  #comparison(): readonly Comparison[] | undefined {
    const path = this.#tokens[this.#at++] ?? '';
    const operator = (this.#tokens[this.#at++] ?? '').toUpperCase();
    if (!PATHS.test(path) || !OPERATORS.has(operator)) return undefined;
    const texts = operator === 'IN' ? this.#set() : [this.#text()];
    if (texts === undefined || texts.includes(undefined)) return undefined;
    return texts.map((text) => ({ operator: operator as Comparison['operator'], text: text! }));
  }

  #set(): readonly (string | undefined)[] | undefined {
    if (!this.#takes('(')) return undefined;
    const texts = [this.#text()];
    while (this.#takes(',')) texts.push(this.#text());
    return this.#takes(')') ? texts : undefined;
  }

  #text(): string | undefined {
    const token = this.#tokens[this.#at++];
    return token?.startsWith("'") ? token.slice(1, -1).replace(/\\(.)/g, '$1') : undefined;
  }
}
