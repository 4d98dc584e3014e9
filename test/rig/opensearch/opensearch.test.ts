import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Node } from './opensearch.ts';
import { onNode } from './suite.ts';

const workOf = ({ caFile }: Node) => dirname(dirname(caFile));

await onNode('a node', (node) => {
  test('that is stopped leaves nothing behind', async () => {
    expect(existsSync(workOf(node))).toBe(true);
    await node.stop();
    expect(() => process.kill(node.pid, 0)).toThrow('ESRCH');
    expect(existsSync(workOf(node))).toBe(false);
  });

  test('ends with whoever started it and leaves nothing behind', async () => {
    const script = `
      const { startOpenSearch } = await import(${JSON.stringify(join(import.meta.dirname, 'opensearch.ts'))});
      console.log(JSON.stringify(await startOpenSearch()));`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const started = JSON.parse(line) as Node;
    expect(existsSync(workOf(started))).toBe(true);
    parent.kill('SIGKILL');
    while (existsSync(workOf(started))) await sleep(100); // the node's own last deed
  });
});
