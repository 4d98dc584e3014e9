/** Tests that need a real node. */
import { afterAll, describe, test } from '@jest/globals';
import { type Node, startOpenSearch } from './opensearch.ts';

/**
 * A suite with a node of its own. Where this machine lacks what a node needs, the suite is skipped and says why; in CI
 * it fails instead. To be awaited at the top of a test file.
 */
export async function onNode(title: string, suite: (node: Node) => void): Promise<void> {
  const isMoved = process.env.BONGSU_CLOCK !== undefined; // a node has the real clock
  const node = isMoved ? { skipped: 'the clock is moved' } : await startOpenSearch();
  if ('skipped' in node) {
    if (process.env.CI === 'true' && !isMoved) throw new Error(`no OpenSearch to test on: ${node.skipped}`);
    process.stderr.write(`${title}: skipped: ${node.skipped}\n`); // jest names skipped tests only where one file runs
    describe.skip(title, () => test(`skipped: ${node.skipped}`, () => {}));
    return;
  }
  describe(title, () => {
    afterAll(() => node.stop());
    suite(node);
  });
}
