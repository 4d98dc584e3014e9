/** Alarms on the metrics of flow logs: moto evaluates none, so the deployed alarms are matched with the metrics that were emitted. */
import { readFile } from 'node:fs/promises';
import { type Aws, request } from '../rig/aws/aws.ts';

/** As CloudWatch describes one. */
interface MetricAlarm {
  readonly AlarmName: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** A line of the embedded metric format, without what is the same in all. */
interface Line {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly { Dimensions: readonly string[][]; Metrics: { Name: string }[] }[];
  };
  readonly [member: string]: unknown;
}

/** What the alarms of flow logs read since, by alarm: the sum of a metric, undefined without data. `since`: characters of the log. */
export async function moved(aws: Aws, since: number): Promise<Record<string, number | undefined>> {
  const log = (await readFile(aws.logFile, 'utf8')).slice(since).split('\n');
  const lines = log.flatMap((line) =>
    line.includes('{"_aws"') ? [JSON.parse(line.slice(line.indexOf('{"_aws"')))] : [],
  );
  const target = 'GraniteServiceVersion20100801.DescribeAlarms';
  const { MetricAlarms } = await request<{ MetricAlarms: readonly MetricAlarm[] }>(aws, 'monitoring', target, {});
  const own = MetricAlarms.filter(
    ({ Namespace, AlarmName }) => Namespace === 'Bongsu' && AlarmName.includes('-flowlogs-'),
  );
  return Object.fromEntries(own.map((alarm) => [alarm.AlarmName, sumOf(alarm, lines)]));
}

/** CloudWatch gives an alarm the values of its metric with exactly its dimensions. */
function sumOf({ MetricName = '', Dimensions = [] }: MetricAlarm, lines: readonly Line[]): number | undefined {
  const values = lines
    .filter(({ _aws, ...line }) => {
      const [{ Dimensions: sets, Metrics }] = _aws.CloudWatchMetrics;
      const isSame = sets.some(
        (set) => set.length === Dimensions.length && Dimensions.every(({ Name }) => set.includes(Name)),
      );
      const isOfAlarm = Dimensions.every(({ Name, Value }) => line[Name] === Value);
      return isSame && isOfAlarm && Metrics.some(({ Name }) => Name === MetricName);
    })
    .map((line) => Number(line[MetricName]));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
