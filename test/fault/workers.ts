/** The processes in which the local AWS runs Lambdas. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

interface Child {
  readonly id: number;
  readonly state: string;
  readonly command: string;
}

/** Children of a process. Of one that is ending, the command is gone before the process is. */
function childrenOf(pid: number): Child[] {
  const all = execFileSync('ps', ['-o', 'pid=,stat=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return all.split('\n').flatMap((line) => {
    const [, id, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number(id), state, command }];
  });
}

/** Those that there are at the moment. `pid`: of the local AWS. */
export const workersOf = (pid: number): number[] =>
  childrenOf(pid).flatMap(({ id, command }) => (command.includes('worker.ts') ? [id] : []));

/** Ends all of them, and waits until they have ended: the next invocations get new ones. */
export async function killAll(pid: number): Promise<void> {
  const killed = new Set(workersOf(pid));
  for (const worker of killed) process.kill(worker, 'SIGKILL');
  const isLeft = ({ id, state }: Child) => killed.has(id) && !state.startsWith('Z');
  while (childrenOf(pid).some(isLeft)) await sleep(50);
}
