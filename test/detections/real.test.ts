/** Our detections, and SigmaHQ's where they are on this machine, over records that AWS itself wrote. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { compiled } from '../../scripts/detections/add.ts';
import { correlates } from '../../scripts/detections/correlate.ts';
import { library } from '../../scripts/detections/load.ts';
import { hitsOf, lineSender, prepare, runOf, searched, store } from '../../scripts/detections/proof/node.ts';
import { matches, monitorFor, rulesOf } from '../../scripts/detections/proof/proof.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { FIRED } from './real.fired.ts';
import { realEvents, realFiles } from './real.ts';

const rulesFolder = process.env.BONGSU_SIGMAHQ ?? ''; // a folder with rules/cloud/aws of github.com/SigmaHQ/sigma
const isReal = realFiles().length > 0;

const title = 'our detections find what the evaluator finds, and fire by the list';
const publicTitle = 'the public rules compile for both products, run, and find what the evaluator finds';

await onNode('real records on a real node', (node) => {
  if (!isReal) {
    test.skip(`${title}: skipped, ../shared/data/cloudtrail is not there`, () => {});
    return;
  }
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const send = lineSender(access);
  const until = Date.now() + 600_000; // the documents come in by then
  let events: Awaited<ReturnType<typeof realEvents>>;

  beforeAll(async () => {
    events = await realEvents();
    const ask = asker(access);
    await prepare(ask);
    await store(ask, send, events);
  });

  test(title, async () => {
    const { kept, lists } = library();
    const own = kept.filter(({ detection }) =>
      rulesOf(detection).every(({ logsource }) => logsource.service === 'cloudtrail'),
    );
    const monitors = own.map(({ detection }) => monitorFor({ detection, lists }));
    const hits = await searched(
      send,
      monitors.map((each) => hitsOf(each, until)),
    );
    const runs = await searched(
      send,
      monitors.map((each) => runOf(each, until)),
    );
    const fired: [string, number][] = [];
    own.forEach(({ detection }, at) => {
      expect([detection.name, hits[at].error, runs[at].error]).toEqual([detection.name, undefined, undefined]);
      const found = hits[at].hits.hits.map(({ _id }) => _id).sort();
      const expected = events.filter((each) => rulesOf(detection).some((rule) => matches(rule, each, lists)));
      expect([detection.name, found]).toEqual([detection.name, expected.map(({ id }) => id).sort()]);
      const buckets = runs[at].aggregations?.alerts.buckets.length ?? 0;
      if (detection.kind === 'correlation' && buckets > 0) {
        const seen = events.map(({ service, time, enriched }) => ({ service, time, record: enriched }));
        expect([detection.name, correlates(detection, seen, lists)]).toEqual([detection.name, true]);
      }
      if (buckets > 0) fired.push([detection.name, buckets]);
    });
    expect(Object.fromEntries(fired)).toEqual(FIRED);
  });

  if (!existsSync(rulesFolder)) {
    test.skip(`${publicTitle}: skipped, BONGSU_SIGMAHQ names no folder`, () => {});
    return;
  }
  test(publicTitle, async () => {
    const all = await compiled([rulesFolder]);
    const refused = all.filter(({ opensearch, splunk }) => opensearch !== undefined || splunk !== undefined);
    // CloudTrail has no member `status`
    expect(refused.map(({ name }) => name)).toEqual(['aws_delete_saml_provider']);
    const detections = all.flatMap(({ detection, opensearch }) =>
      detection === undefined || opensearch !== undefined ? [] : [detection],
    );
    const monitors = detections.map((detection) => monitorFor({ detection, lists: {} }));
    const hits = await searched(
      send,
      monitors.map((each) => hitsOf(each, until)),
    );
    detections.forEach((detection, at) => {
      expect([detection.name, hits[at].error]).toEqual([detection.name, undefined]);
      const expected = events.filter((each) => rulesOf(detection).some((rule) => matches(rule, each, {})));
      const found = hits[at].hits.hits.map(({ _id }) => _id).sort();
      expect([detection.name, found]).toEqual([detection.name, expected.map(({ id }) => id).sort()]);
    });
  });
});
