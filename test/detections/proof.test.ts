/** Every detection fires on its positives and stays silent on its near misses, in three independent ways that agree event by event. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { library } from '../../scripts/detections/load.ts';
import { lineSender } from '../../scripts/detections/proof/node.ts';
import { faultsOf, type Subject, subjects } from '../../scripts/detections/proof/proof.ts';
import { missesOf, speaker } from '../../scripts/detections/proof/spoken.ts';
import { differences, everythingOf, type Verdict, verdicts } from '../../scripts/detections/proof/verdicts.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { extract } from './extract.ts';

const { kept, lists } = library();
const all = await subjects(kept, lists);
const everything = everythingOf(all);
const spokenOf = speaker(extract);
const named = all.map((subject) => [subject.detection.name, subject] as const);

describe('the evaluator on raw records', () => {
  test.each(named)('%s', (_, subject) => {
    expect(faultsOf(subject)).toEqual([]);
  });
});

describe('the searches of Splunk, read a second time', () => {
  test.each(named)('%s', (_, subject) => {
    expect(missesOf(subject, everything, spokenOf)).toEqual([]);
  });
});

await onNode('the monitors on a real node', (node) => {
  let found: ReadonlyMap<Subject, Verdict>;

  beforeAll(async () => {
    const access = {
      url: node.url,
      auth: { kind: 'basic', login: async () => node },
      ca: readFileSync(node.caFile, 'utf8'),
    } as const;
    found = await verdicts(asker(access), lineSender(access), all);
  });

  test.each(named)('%s', (_, subject) => {
    expect(differences(subject, found.get(subject)!, everything)).toEqual([]);
  });
});
