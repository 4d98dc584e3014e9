/** Everything that follows from `detections/`: monitors, saved searches, macros, pages. Paths from the root → texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverageOf, pictureOf } from './coverage.ts';
import { type Library, ROOT } from './load.ts';
import { BEGIN as MACROS, END as MACROS_END, macrosText } from './macros.ts';
import { monitorOf } from './monitor.ts';
import { pageOf } from './page.ts';
import { stanzaOf, textOfStanza } from './savedsearch.ts';

export const MONITORS = 'opensearch/monitor';
const SEARCHES_FILE = 'splunk/bongsu/default/savedsearches.conf';
const MACROS_FILE = 'splunk/bongsu/default/macros.conf';
const BEGIN = '# detections: written by `npm run detections -- generate`, changes go into local/savedsearches.conf';
const END = '# end of detections';

/** Throws RuleRefusal. */
export function generated({ kept, lists }: Library): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { detection } of kept) {
    files.set(`${MONITORS}/${detection.name}.json`, `${JSON.stringify(monitorOf(detection, lists), null, 2)}\n`);
  }
  const stanzas = kept.map(({ detection }) => textOfStanza(stanzaOf(detection)));
  files.set(SEARCHES_FILE, withBlock(read(SEARCHES_FILE), BEGIN, END, `${BEGIN}\n\n${stanzas.join('\n')}${END}\n`));
  files.set(MACROS_FILE, withBlock(read(MACROS_FILE), MACROS, MACROS_END, macrosText(lists)));
  files.set('docs/generated/detections.md', pageOf(kept, lists));
  files.set('docs/generated/detections.svg', pictureOf(coverageOf(kept)));
  return files;
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What stands between two lines is replaced, or put at the end. */
function withBlock(text: string, begin: string, end: string, block: string): string {
  const from = text.indexOf(begin);
  if (from < 0) return `${text.trimEnd()}\n\n${block}`;
  const to = text.indexOf(end, from);
  if (to < 0) throw new Error(`a file lacks the line "${end}"`);
  return `${text.slice(0, from)}${block}${text.slice(to + end.length + 1)}`;
}
