/**
 * The incident as Shield Advanced saw it: the shop is flooded while the data leaves, to distract the team.
 * https://docs.aws.amazon.com/waf/latest/developerguide/shield-metrics.html
 */

import { envelope, type FindingEvent, iso, type Setting } from './event.ts';
import { ACCOUNTS, ACTS, REGION } from './scenario.ts';

const ALARM = 'DDoSDetectedAlarmForProtection-shop';
const BALANCER = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNTS.shop}:loadbalancer/app/shop/50dc6c495c0c9188`;

/** The alarm on the flood, and that it is over. */
export function shieldEvents(setting: Setting): readonly FindingEvent[] {
  const begin = ACTS.theft + 60;
  const end = ACTS.theft + 780;
  return [
    alarm(setting, { at: begin, value: 'ALARM', before: 'OK', since: 0 }),
    alarm(setting, { at: end, value: 'OK', before: 'ALARM', since: begin }),
  ].map((event) => ({ source: 'shield', event, records: 1, heldBack: 0 }));
}

interface Turn {
  readonly at: number;
  readonly value: string;
  readonly before: string;
  readonly since: number;
}

function alarm(setting: Setting, { at, value, before, since }: Turn) {
  const { start } = setting;
  const dimensions = { ResourceArn: BALANCER, AttackVector: 'RequestFlood' };
  return envelope(setting, {
    source: 'aws.cloudwatch',
    type: 'CloudWatch Alarm State Change',
    account: ACCOUNTS.shop,
    at,
    resources: [`arn:aws:cloudwatch:${REGION}:${ACCOUNTS.shop}:alarm:${ALARM}`],
    detail: {
      alarmName: ALARM,
      state: { value, reason: 'Threshold Crossed: 1 datapoint', timestamp: iso(start, at) },
      previousState: { value: before, reason: 'Threshold Crossed: 1 datapoint', timestamp: iso(start, since) },
      configuration: {
        description: 'A flood on the load balancer of the shop',
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: { namespace: 'AWS/DDoSProtection', name: 'DDoSDetected', dimensions },
              period: 60,
              stat: 'Sum',
            },
            returnData: true,
          },
        ],
      },
    },
  });
}
