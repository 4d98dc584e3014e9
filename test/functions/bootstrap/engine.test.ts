import { expect, test } from '@jest/globals';
import { forEngine } from '../../../functions/bootstrap/engine.ts';

const derived = {
  index_patterns: ['aws-flowlogs-*'],
  template: { settings: { index: { codec: 'best_compression', derived_source: { enabled: true } } }, mappings: {} },
};
const stored = { ...derived, template: { settings: { index: { codec: 'best_compression' } }, mappings: {} } };

test.each(['3.1.0', '3.4.0', '3.10.0', '4.0.0'])('OpenSearch %s derives the source', (version) => {
  expect(forEngine(derived, version)).toEqual(derived);
});

test.each(['1.3.20', '2.19.4', '3.0.0', '7.10.2', ''])('version "%s" stores it', (version) => {
  expect(forEngine(derived, version)).toEqual(stored);
});

test.each([{ index_patterns: ['a'] }, { template: {} }, { template: { settings: {} } }])('%j stays', (body) => {
  expect(forEngine(body, '2.19.4')).toEqual(body);
});
