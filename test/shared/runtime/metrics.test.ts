import { expect, test } from '@jest/globals';
import { metrics } from '../../../shared/runtime/metrics.ts';

function flushed(use: (to: ReturnType<typeof metrics>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  const to = metrics({
    source: 'flowlogs',
    stack: 'bongsu-prod',
    write: (line) => written.push(line),
    now: () => 1_795_527_638_123,
  });
  use(to);
  to.flush();
  return written.map((line) => JSON.parse(line));
}

test('a flush is one line in the embedded metric format for the source and one for each sink', () => {
  const lines = flushed((to) => {
    to.add('Records', 10);
    to.add('Records', 5);
    to.add('Filtered', 0);
    to.add('Delivered', 15, 'opensearch');
    to.add('DeliveryMs', 12.345678, 'opensearch');
    to.add('DeliveryMs', 20, 'opensearch');
  });
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: 1_795_527_638_123,
        CloudWatchMetrics: [
          {
            Namespace: 'Bongsu',
            Dimensions: [['Stack', 'Source']],
            Metrics: [
              { Name: 'Records', Unit: 'Count' },
              { Name: 'Filtered', Unit: 'Count' },
            ],
          },
        ],
      },
      Stack: 'bongsu-prod',
      Source: 'flowlogs',
      Records: 15,
      Filtered: 0,
    },
    {
      _aws: {
        Timestamp: 1_795_527_638_123,
        CloudWatchMetrics: [
          {
            Namespace: 'Bongsu',
            Dimensions: [['Stack', 'Source', 'Sink']],
            Metrics: [
              { Name: 'Delivered', Unit: 'Count' },
              { Name: 'DeliveryMs', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      Stack: 'bongsu-prod',
      Source: 'flowlogs',
      Sink: 'opensearch',
      Delivered: 15,
      DeliveryMs: [12, 20],
    },
  ]);
});

test('a line holds at most 100 values of a metric', () => {
  const lines = flushed((to) => {
    for (let i = 0; i < 250; i++) to.add('DeliveryMs', i, 'splunk');
  });
  expect(lines.map(({ DeliveryMs }) => (DeliveryMs as number[]).length)).toEqual([100, 100, 50]);
});

test('nothing is written where nothing was added, nor twice', () => {
  const written: string[] = [];
  const to = metrics({ source: 'flowlogs', stack: 'bongsu-prod', write: (line) => written.push(line) });
  to.flush();
  to.add('Records', 1);
  to.flush();
  to.flush();
  expect(written).toHaveLength(1);
});
