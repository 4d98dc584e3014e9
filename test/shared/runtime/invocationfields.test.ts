import { afterEach, expect, jest, test } from '@jest/globals';
import { invocationFields } from '../../../shared/runtime/invocationfields.ts';

afterEach(() => void jest.restoreAllMocks());

test('the trace id is the root of the header of X-Ray', () => {
  const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1';
  jest.replaceProperty(process, 'env', { ...process.env, _X_AMZN_TRACE_ID: header });
  expect(invocationFields('r1', true)).toEqual({
    function_request_id: 'r1',
    cold_start: true,
    xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
  });
});

test('without X-Ray there is no trace id', () => {
  const { _X_AMZN_TRACE_ID: _, ...env } = process.env;
  jest.replaceProperty(process, 'env', env);
  expect(invocationFields('r2', false)).toEqual({ function_request_id: 'r2', cold_start: false });
});
