/** Checks detections and runs their tests: by the evaluator, and by the monitors on a real node where one can be started. */
import { readFileSync } from 'node:fs';
import { asker } from '../../test/rig/opensearch/asker.ts';
import { startOpenSearch } from '../../test/rig/opensearch/opensearch.ts';
import { check } from './check.ts';
import { type Kept, library } from './load.ts';
import type { Lists } from './model.ts';
import { lineSender } from './proof/node.ts';
import { faultsOf, type Subject, subjects } from './proof/proof.ts';
import { differences, everythingOf, verdicts } from './proof/verdicts.ts';
import { RuleRefusal } from './refusal.ts';

type Say = (line: string) => void;

export async function tested(only: string | undefined, say: Say): Promise<number> {
  const refused: string[] = [];
  const { kept, lists } = library(undefined, ({ message }) => refused.push(message));
  const own = kept.filter(({ detection, group }) => only === undefined || only === detection.name || only === group);
  const starting = startOpenSearch(); // takes most of the time, and goes on beside the evaluator
  starting.catch(() => {}); // onNode reports it
  const { subjects: all, faults } = await proven(own, lists);
  const node = await onNode(all, starting, say);
  for (const fault of [...refused, ...faults, ...node]) say(`FAIL ${fault}`);
  const cases = all.reduce((sum, { ran }) => sum + ran.length, 0);
  const failed = refused.length + faults.length + node.length;
  say(`${all.length} detections, ${cases} cases, ${failed} faults`);
  return failed > 0 ? 1 : 0;
}

/** By the evaluator alone. */
export async function proven(kept: readonly Kept[], lists: Lists): Promise<{ subjects: Subject[]; faults: string[] }> {
  const faults: string[] = [];
  const all: Subject[] = [];
  for (const each of kept) {
    try {
      check(each, lists);
      const found = await subjects([each], lists);
      faults.push(...found.flatMap(faultsOf));
      all.push(...found);
    } catch (error) {
      if (!(error instanceof RuleRefusal)) throw error;
      faults.push(error.message);
    }
  }
  return { subjects: all, faults };
}

async function onNode(
  all: readonly Subject[],
  starting: ReturnType<typeof startOpenSearch>,
  say: Say,
): Promise<readonly string[]> {
  const node = await starting;
  if ('skipped' in node) {
    say(`the monitors were not run: ${node.skipped}`);
    return [];
  }
  try {
    if (all.length === 0) return [];
    const ca = readFileSync(node.caFile, 'utf8');
    const access = { url: node.url, auth: { kind: 'basic', login: async () => node }, ca } as const;
    const found = await verdicts(asker(access), lineSender(access), all);
    const everything = everythingOf(all);
    return all.flatMap((subject) => differences(subject, found.get(subject)!, everything));
  } finally {
    await node.stop();
  }
}
