/** Whatever a host sends: nothing throws, nothing is lost, and no line takes long. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalize, normalizeAll } from '../../../../functions/endpoint/normalize/index.ts';
import { CAT, CONNECT, CURL, file, UNLINK } from './auditlines.ts';
import { line, windows } from './documents.ts';

const PATHS = ['/var/log/messages', '/var/log/secure', '/var/log/audit/audit.log'];
const LINES = [
  ...CAT,
  ...CURL,
  ...CONNECT,
  ...UNLINK,
  'Nov 24 13:40:38 web-1 sshd[812]: Failed password for invalid user x from 203.0.113.7 port 1 ssh2',
  'Nov 24 13:40:38 web-1 sudo: bob : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/ls',
  '<165>1 2003-10-11T22:14:15.003Z host app 1 ID47 [a@1 b="c"] text',
];

const isWhole = (document: Record<string, unknown>, text: string): boolean =>
  JSON.stringify([document.message, (document.event as { original?: unknown })?.original]).includes(
    JSON.stringify(text).slice(1, -1),
  );

describe('raw lines', () => {
  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...PATHS), (bytes, path) => {
        const text = Buffer.from(bytes).toString('latin1');
        expect(isWhole(normalize(line(text, path), {}), text)).toBe(true);
      }),
    );
  });

  test('lines that are cut, or have a byte changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINES),
        fc.constantFrom(...PATHS),
        fc.nat(),
        fc.option(fc.tuple(fc.nat(), fc.string({ maxLength: 3 }))),
        (whole, path, cut, change) => {
          let text = whole.slice(0, cut % (whole.length + 1));
          if (change !== null) {
            const at = change[0] % (text.length + 1);
            text = text.slice(0, at) + change[1] + text.slice(at + 1);
          }
          const made = normalize(line(text, path), {});
          expect(isWhole(made, text.trimEnd()) || isWhole(made, text)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['spaces', ' '.repeat(60_000)],
    ['an endless user name', `Invalid user ${' from 1.1.1.1 port 1'.repeat(3000)}`],
    ['endless pairs', `type=SYSCALL msg=audit(1.000:1): ${'a=b '.repeat(15_000)}`],
    ['endless quotes', `type=SYSCALL msg=audit(1.000:1): ${'a="'.repeat(20_000)}`],
    ['endless equals', `type=SYSCALL msg=audit(1.000:1): ${'='.repeat(60_000)}`],
    ['endless braces', `type=AVC msg=audit(1.000:1): avc:  denied  { ${'{ '.repeat(30_000)}`],
    ['arguments far apart', 'type=EXECVE msg=audit(1.000:1): argc=99999 a0="x" a99999="y" a99999[99999]="z"'],
    ['endless structured data', `<1>1 2003-10-11T22:14:15Z h a 1 m ${'[a b="c"]'.repeat(6000)}`],
    ['an open parameter', `<1>1 2003-10-11T22:14:15Z h a 1 m [a b="${'\\'.repeat(60_000)}`],
    ['sudo of semicolons', `Nov 24 13:40:38 h sudo: b : ${' ; '.repeat(5000)}COMMAND=x`],
    ['a megabyte', 'x'.repeat(1 << 20)],
  ])('%s', (_, text) => {
    for (const path of PATHS) {
      for (const each of [text, `Nov 24 13:40:38 h sshd: ${text}`]) {
        const made = normalize(line(each, path), {});
        expect(typeof made.message).toBe('string');
        expect(JSON.stringify(made).length).toBeLessThan(4 * each.length + 10_000);
      }
    }
  });

  test('names like those of objects stay values', () => {
    const [document] = file(['type=SYSCALL msg=audit(1.000:1): __proto__=x constructor=y toString=z arch=c000003e']);
    const made = normalize(document, {});
    expect(Object.keys((made.auditd as { data: object }).data).sort()).toEqual([
      '__proto__',
      'arch',
      'constructor',
      'toString',
    ]);
    expect({}).not.toHaveProperty('x');
  });
});

describe('documents', () => {
  const SHAPES = [
    ...LINES.map((text, i) => line(text, PATHS[i % 3])),
    windows({
      id: 1,
      provider: 'Microsoft-Windows-Sysmon',
      channel: 'Microsoft-Windows-Sysmon/Operational',
      data: { Image: 'C:\\a.exe', Hashes: 'MD5=1' },
    }),
    windows({
      id: 4625,
      provider: 'Microsoft-Windows-Security-Auditing',
      channel: 'Security',
      data: { Status: '0xc000006d', LogonType: '3' },
    }),
  ];

  test('with any value in the place of any other', () => {
    const anything = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...SHAPES), fc.nat(), anything, (document, which, value) => {
        const changed = structuredClone(document);
        const places: [Record<string, unknown>, string][] = [];
        const walk = (node: unknown) => {
          if (typeof node !== 'object' || node === null) return;
          for (const name of Object.keys(node)) {
            places.push([node as Record<string, unknown>, name]);
            walk((node as Record<string, unknown>)[name]);
          }
        };
        walk(changed);
        const [node, name] = places[which % places.length];
        node[name] = value;
        const before = structuredClone(changed);
        expect(normalizeAll([{ document: changed, hint: {} }])).toHaveLength(1);
        expect(changed).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });
});
