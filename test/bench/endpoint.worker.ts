/**
 * One measured run in a process of its own: `node endpoint.worker.mjs <way> <kind> <events>`. stdout: {documents, userMs}.
 * Ways: naive (the body as a string, its lines parsed and written again, nothing understood) · ours (actions, ECS, written).
 */
import { actionsIn } from '../../functions/endpoint/bulk/actions.ts';
import { normalizeAll } from '../../functions/endpoint/normalize/index.ts';
import { bodies } from './endpoint.data.ts';

const [way, kind, events] = process.argv.slice(2);

function naive(body: Buffer): number {
  const lines = body.toString().trimEnd().split('\n');
  return lines.filter((line, i) => i % 2 === 1 && JSON.stringify(JSON.parse(line)) !== '').length;
}

function ours(body: Buffer): number {
  const items = [...actionsIn(body)].map(({ document, index }) => ({
    document: JSON.parse(String(document)),
    hint: index === undefined ? {} : { index },
  }));
  return normalizeAll(items).filter(({ document }) => JSON.stringify(document) !== '').length;
}

const all = [...bodies(kind, Number(events))];
const run = way === 'naive' ? naive : ours;
for (const body of all.slice(0, all.length >> 3)) run(body); // compiled by then
let documents = 0;
const before = process.cpuUsage();
for (const body of all) documents += run(body);
const { user } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ documents, userMs: user / 1000 })}\n`);
