/** The search commands, run by Splunk's own SDK over its protocol, against a real OpenSearch. */
import { onNode } from '../../rig/opensearch/suite.ts';
import { site } from './rig/site.ts';
import { onPython } from './rig/suite.ts';
import { assets } from './suites/assets.ts';
import { examples } from './suites/examples.ts';
import { failures } from './suites/failures.ts';
import { flat } from './suites/flat.ts';
import { hostile } from './suites/hostile.ts';
import { paging } from './suites/paging.ts';
import { smoke } from './suites/smoke.ts';
import { tables } from './suites/tables.ts';

await onPython('the search commands', (pythons) =>
  onNode('the search commands', (node) => {
    const here = site(node, pythons[0]);
    for (const suite of [examples, failures, flat, paging, tables, hostile, assets]) suite(here);
    for (const python of pythons) smoke(site(node, python), `Python ${python.version}, splunk-sdk ${python.sdk}`);
  }),
);
