/** Tests that need the deployed stack. */
import { afterAll, describe, test } from '@jest/globals';
import { type DeployedOptions, deployed, type Stack } from '../../scripts/demo/deployed.ts';
import { type Python, python } from '../rig/python.ts';

/**
 * A suite with a deployed stack of its own. Where this machine lacks what it needs, the suite is skipped and says why; in CI
 * it fails instead. To be awaited at the top of a test file.
 */
export async function onStack(
  title: string,
  options: DeployedOptions,
  suite: (stack: Stack, python: Python) => void,
): Promise<void> {
  let reason = '';
  const found = await python((line) => {
    reason = line;
  });
  const stack = found === undefined ? { skipped: reason } : await deployed(found, () => {}, options);
  if ('skipped' in stack) {
    if (process.env.CI === 'true') throw new Error(`the stack can't be deployed here: ${stack.skipped}`);
    describe.skip(title, () => test(`skipped: ${stack.skipped}`, () => {}));
    return;
  }
  describe(title, () => {
    afterAll(() => stack.stop());
    suite(stack, found!);
  });
}
