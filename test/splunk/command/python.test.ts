/** The unit tests of the search commands' own code (python/), on each Python that Splunk brings. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pytest } from './rig/pytest.ts';
import { onPython } from './rig/suite.ts';

await onPython('the code of the search commands', async (pythons) => {
  const each = new Map(pythons.map((python) => [python.version, python]));
  for (const [version, python] of each) {
    const cases = await pytest(python, join(import.meta.dirname, 'python'));
    describe(`on Python ${version}`, () => {
      test('there are tests', () => expect(cases.length).toBeGreaterThan(200));
      for (const { name, failure } of cases) test(name, () => expect(failure).toBeUndefined());
    });
  }
});
