/** The example in docs/ is what the code does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { normalizeAll } from '../../../../functions/endpoint/normalize/index.ts';
import { root } from '../../../rig/cache.ts';
import { file } from './auditlines.ts';

const page = readFileSync(join(root, 'docs/reference/endpoint-fields.md'), 'utf8');
const block = (language: string) => page.split(`\`\`\`${language}\n`)[1].split('\n```')[0];

test('the example of audit.log', () => {
  const lines = file(block('audit').split('\n'));
  const made = normalizeAll(lines.map((document) => ({ document, hint: {} })));
  expect(made).toHaveLength(1);
  expect(made[0].document).toMatchObject(JSON.parse(block('json')));
});
