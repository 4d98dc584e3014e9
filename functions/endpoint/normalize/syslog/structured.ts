/** Structured data of RFC 5424: `[id name="value" …][…]`, with `\"`, `\\` and `\]` escaped. */
import { MAX_PAIRS } from '../limits.ts';

type Data = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ELEMENT = /\[([^\s=\]"]{1,64})/y;
const PARAMETER = / ([^\s=\]"]{1,64})="((?:[^"\\\]]|\\[\s\S])*)"/y;

/** In: text from the structured data on. Out: the elements, and the message behind them. Broken data belongs to the message. */
export function structured(text: string): { data: Data | undefined; rest: string } {
  if (text.startsWith('-')) return { data: undefined, rest: text.slice(1).trimStart() };
  const elements: [string, Record<string, string>][] = [];
  let at = 0;
  for (let count = 0; text[at] === '['; count++) {
    ELEMENT.lastIndex = at;
    const element = ELEMENT.exec(text);
    if (element === null || count > MAX_PAIRS) return { data: undefined, rest: text };
    const parameters = new Map<string, string>();
    PARAMETER.lastIndex = at = ELEMENT.lastIndex;
    for (let found = PARAMETER.exec(text); found !== null; found = PARAMETER.exec(text)) {
      parameters.set(found[1], found[2].replace(/\\(["\\\]])/g, '$1'));
      at = PARAMETER.lastIndex;
    }
    if (text[at] !== ']') return { data: undefined, rest: text };
    at++;
    elements.push([element[1], Object.fromEntries(parameters)]);
  }
  return { data: Object.fromEntries(elements), rest: text.slice(text[at] === ' ' ? at + 1 : at) };
}
