/** Tests that need a Python like Splunk's. */
import { describe, test } from '@jest/globals';
import { type SplunkPython, splunkPythons } from './python.ts';

const WHY = 'no Python from 3.9 to 3.13 with its venv module was found (Debian: apt-get install python3-venv)';

/**
 * A suite with the Pythons that are there, at least one. Where there is none the suite is skipped and says why; in CI it
 * fails instead. To be awaited at the top of a test file.
 */
export async function onPython(
  title: string,
  suite: (pythons: readonly [SplunkPython, ...SplunkPython[]]) => Promise<void>,
): Promise<void> {
  const [first, ...others] = await splunkPythons();
  if (first !== undefined) return suite([first, ...others]);
  if (process.env.CI === 'true') throw new Error(`no Python to test with: ${WHY}`);
  process.stderr.write(`${title}: skipped: ${WHY}\n`);
  describe.skip(title, () => test(`skipped: ${WHY}`, () => {}));
}
