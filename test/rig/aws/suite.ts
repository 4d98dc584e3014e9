/** Tests that need a local AWS. */
import { afterAll, describe, test } from '@jest/globals';
import { python } from '../python.ts';
import { type Aws, type AwsOptions, startAws } from './aws.ts';

/**
 * A suite with a local AWS of its own. Where this machine lacks the Python for it, the suite is skipped and says why; in CI
 * it fails instead. To be awaited at the top of a test file.
 */
export async function onAws(
  title: string,
  options: Omit<AwsOptions, 'python'>,
  suite: (aws: Aws) => void,
): Promise<void> {
  let reason = '';
  const found = await python((line) => {
    reason = line;
  });
  if (!found) {
    if (process.env.CI === 'true') throw new Error(`no local AWS to test on: ${reason}`);
    describe.skip(title, () => test(`skipped: ${reason}`, () => {}));
    return;
  }
  const aws = await startAws({ ...options, python: found.python });
  describe(title, () => {
    afterAll(() => aws.stop());
    suite(aws);
  });
}
