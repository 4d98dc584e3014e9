import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendEscaped } from '../../../shared/text/escaped.ts';
import { Text } from '../../../shared/text/text.ts';

function escaped(content: string): string {
  const source = new Text(content.length * 3);
  source.string(`before${content}`);
  const text = new Text(1);
  appendEscaped(text, { bytes: source.bytes, view: source.view, start: 6, end: source.length });
  return Buffer.from(text.slice()).toString();
}

test('any text comes out as JSON.stringify would have it', () => {
  const unit = fc.oneof(
    fc.constantFrom('"', '\\', '\n', '\0', '\x1f', ' ', '\x7f', '봉', '😀'),
    fc.string({ maxLength: 9 }),
  );
  const content = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));
  fc.assert(fc.property(content, (text) => expect(JSON.parse(`"${escaped(text)}"`)).toBe(text)));
});

test('each byte that needs an escape gets it at each place of a word', () => {
  for (let code = 0; code < 128; code++) {
    for (let before = 0; before < 5; before++) {
      const text = `${'x'.repeat(before)}${String.fromCharCode(code)}yz`;
      expect(escaped(text)).toBe(JSON.stringify(text).slice(1, -1));
    }
  }
});
