/** One detection in full. */
import { UsageError } from '../command.ts';
import { sourcesOf } from './coverage.ts';
import { library } from './load.ts';
import { MATRIX } from './matrix.ts';
import { monitorOf } from './monitor.ts';
import { nextOf } from './next.ts';
import { fires, subjects } from './proof/proof.ts';
import { stanzaOf } from './savedsearch.ts';

export async function explained(name: string, say: (line: string) => void): Promise<number> {
  const { kept, lists } = library();
  const found = kept.find(({ detection }) => detection.name === name);
  if (found === undefined)
    throw new UsageError(`There is no detection "${name}": npm run detections -- list names them.`);
  const { detection } = found;
  const { title, level, description, techniques, tactics, falsepositives, response, references } = detection;
  say(`${title} (${level})\n${description}\n`);
  say(`ATT&CK: ${tactics.join(', ')}; ${techniques.map((id) => `${id} ${MATRIX[id]}`).join('; ')}`);
  say(`Sources: ${sourcesOf(found).join(', ')}`);
  say(`Harmless when: ${falsepositives.join('; ')}\n\nWhat to do:`);
  for (const [at, step] of response.entries()) say(`  ${at + 1}. ${step}`);
  say(`  Look next: ${nextOf(detection).opensearch}`);
  for (const reference of references) say(`  ${reference}`);
  say(`\nOpenSearch, opensearch/monitor/${name}.json:`);
  const { inputs, triggers } = monitorOf(detection, lists) as { inputs: unknown[]; triggers: unknown[] };
  say(JSON.stringify({ inputs, triggers }, null, 2));
  const stanza = stanzaOf(detection);
  say(`\nSplunk, [${stanza.name}]:\n${stanza.settings.search}`);
  say('\nTests, by the evaluator:');
  const [subject] = await subjects([found], lists);
  for (const { of, delivered } of subject?.ran ?? []) {
    const isRight = fires(detection, delivered, subject.lists) === of.fires;
    say(`  ${isRight ? 'ok  ' : 'FAIL'} ${of.fires ? 'fires' : 'silent'}: ${of.why}`);
  }
  return 0;
}
