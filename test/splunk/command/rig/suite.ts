/** Tests that need a Python like Splunk's. */
import { describe, test } from '@jest/globals';
import { type SplunkPython, splunkPythons } from './python.ts';

const WHY = 'no Python from 3.9 to 3.13 with its venv module was found (Debian: apt-get install python3-venv)';

/**
 * A suite for each Python that is there, or once for the newest (`once`). Where there is none the suite is skipped and says
 * why; in CI it fails instead. To be awaited at the top of a test file.
 */
export async function onPython(
  title: string,
  { once }: { readonly once: boolean },
  suite: (python: SplunkPython) => void | Promise<void>,
): Promise<void> {
  const found = await splunkPythons();
  if (found.length === 0) {
    if (process.env.CI === 'true') throw new Error(`no Python to test with: ${WHY}`);
    process.stderr.write(`${title}: skipped: ${WHY}\n`);
    describe.skip(title, () => test(`skipped: ${WHY}`, () => {}));
    return;
  }
  for (const python of once ? found.slice(-1) : found) await suite(python);
}
