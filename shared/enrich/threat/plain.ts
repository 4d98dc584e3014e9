/**
 * A list of lines: an address, a block or a host name each. What follows it is a comment (`1.2.3.0/24 ; SBL1`), and so is a
 * line that begins with `#`, `;` or `//`. Of a hosts file (`0.0.0.0 bad.example`) the name counts.
 */
import { type About, type Entry, targetOf } from './indicator.ts';

export function* fromPlain(provider: string, text: string): Generator<Entry> {
  const about: About = { provider };
  for (const [line] of text.matchAll(/[^\r\n]+/g)) {
    const content = line.replace(/^\ufeff/, '').trim();
    if (content === '' || /^([#;]|\/\/)/.test(content)) continue;
    const [first, second] = content.split(/[\s,;#]+/);
    const name = /^(0\.0\.0\.0|127\.0\.0\.1|::1?)$/.test(first) && second ? second : first;
    const target = targetOf(name);
    yield typeof target === 'string' ? target : { name: name.toLowerCase(), target, about };
  }
}
