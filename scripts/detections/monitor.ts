/**
 * A detection → a monitor of OpenSearch's alerting plugin. All are bucket-level: an alert is identified by the key of its bucket, so
 * that a document that two runs see alerts once, and a late one alerts when it comes.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/api/#create-a-bucket-level-monitor
 */
import { CHANNEL, RECORDS } from '../../functions/bootstrap/channels.ts';
import { recordTemplate } from './alertrecord.ts';
import { aggregationsOf, type Buckets } from './buckets.ts';
import { type Query, queryOf } from './dsl.ts';
import { messageOf } from './message.ts';
import type { Correlation, Detection, Level, Lists, Rule } from './model.ts';
import { RuleRefusal } from './refusal.ts';
import { fieldsOf, placeOf } from './resolve.ts';
import { EVERY_MINUTES, LATE_MINUTES, WINDOW_MINUTES, windowFilter } from './window.ts';

const THROTTLE_MINUTES = 60;

const SEVERITIES: Readonly<Record<Level, string>> = {
  critical: '1',
  high: '2',
  medium: '3',
  low: '4',
  informational: '5',
};

/** Throws RuleRefusal. */
export function monitorOf(detection: Detection, lists: Lists): object {
  try {
    const { indices, query, minutes, buckets } =
      detection.kind === 'rule' ? single(detection, lists) : correlated(detection, lists);
    const body = {
      size: 0,
      _source: sourceOf(detection),
      query: { bool: { filter: [query, windowFilter(minutes)] } },
      aggregations: buckets.aggregations,
    };
    refuseTemplates(detection);
    return monitor(detection, indices, body, buckets.condition);
  } catch (error) {
    if (error instanceof RuleRefusal) throw error;
    throw new RuleRefusal(detection.name, (error as Error).message);
  }
}

interface Compiled {
  readonly indices: readonly string[];
  readonly query: Query;
  readonly minutes: number;
  readonly buckets: Buckets;
}

export function ruleQuery(rule: Rule, lists: Lists): Query {
  const { filter } = placeOf(rule.logsource);
  const query = queryOf(rule.match, fieldsOf(rule.logsource), lists);
  return filter === undefined ? query : { bool: { filter: [filter, query] } };
}

function single(rule: Rule, lists: Lists): Compiled {
  const fields = fieldsOf(rule.logsource);
  const { index, per } = fields.place;
  const keys = (rule.per.length > 0 ? rule.per : per).map((raw) => [raw, fields.document(raw)] as const);
  const buckets = aggregationsOf(keys.map(([raw, at]) => ({ raw, at: [at] })));
  return { indices: [index], query: ruleQuery(rule, lists), minutes: WINDOW_MINUTES, buckets };
}

function correlated(correlation: Correlation, lists: Lists): Compiled {
  const { rules, seconds } = correlation;
  const places = rules.map(({ logsource }) => placeOf(logsource));
  const queries = rules.map((rule, at) => ({
    bool: { filter: [{ prefix: { _index: places[at].index.replace(/\*$/, '') } }, ruleQuery(rule, lists)] },
  }));
  return {
    indices: [...new Set(places.map(({ index }) => index))],
    query: queries.length === 1 ? queries[0] : { bool: { should: queries, minimum_should_match: 1 } },
    minutes: Math.ceil(seconds / 60) + LATE_MINUTES + EVERY_MINUTES,
    buckets: aggregationsOf([], { correlation, queries }),
  };
}

/** What an alert's sample shows: who, what, where, whose. */
const SHOWN = [
  ...['@timestamp', 'message', 'event.action', 'event.id', 'event.outcome', 'error.code', 'finding.uid'],
  ...['cloud.account.id', 'cloud.account.name', 'cloud.region', 'user.name', 'source.ip', 'source.address'],
  ...['destination.ip', 'asset.id', 'asset.name', 'asset.owner', 'asset.environment', 'asset.exposure'],
  ...['source.asset.id', 'source.asset.owner', 'destination.asset.id', 'destination.asset.owner', 'user.asset.owner'],
];

function sourceOf(detection: Detection): readonly string[] {
  const rules = detection.kind === 'rule' ? [detection] : detection.rules;
  const own = rules.flatMap(({ logsource, fields }) => {
    const known = fieldsOf(logsource);
    return [...known.place.fields, ...fields, ...detection.fields].flatMap((raw) => {
      try {
        return [known.document(raw).field];
      } catch (error) {
        if (rules.length > 1) return []; // a field of the other source
        throw error;
      }
    });
  });
  return [...new Set([...SHOWN, ...own])];
}

/** The plugin puts values into what stands between double braces. */
function refuseTemplates(detection: Detection): void {
  const { name, title, id, description, references, techniques, tactics, falsepositives, response } = detection;
  const texts = [name, title, id, description, references, techniques, tactics, falsepositives, response].flat();
  if (texts.some((text) => text.includes('{{')))
    throw new RuleRefusal(name, 'two braces {{ are not allowed in its texts');
}

function monitor(detection: Detection, indices: readonly string[], query: object, condition: object): object {
  const { name, title, level } = detection;
  if (JSON.stringify({ ...query, query: undefined }).includes('{{') || hasTemplate(query)) {
    throw new RuleRefusal(name, 'two braces {{ are not allowed in what it searches');
  }
  return {
    type: 'monitor',
    name: `bongsu-${name}`,
    monitor_type: 'bucket_level_monitor',
    enabled: false,
    schedule: { period: { interval: EVERY_MINUTES, unit: 'MINUTES' } },
    inputs: [{ search: { indices, query } }],
    triggers: [
      {
        bucket_level_trigger: {
          id: `bongsu-${name}`,
          name: title,
          severity: SEVERITIES[level],
          condition,
          actions: [notifying(detection), recording(detection)],
        },
      },
    ],
  };
}

/** The window's own are the only ones. */
const hasTemplate = (query: object): boolean => JSON.stringify(query).replaceAll('{{period_end}}', '').includes('{{');

const ONCE = { action_execution_scope: { per_alert: { actionable_alerts: ['NEW'] } } };

function notifying(detection: Detection): object {
  const { subject, message } = messageOf(detection);
  return {
    id: `bongsu-${detection.name}-notify`,
    name: 'notify',
    destination_id: CHANNEL,
    subject_template: { source: subject, lang: 'mustache' },
    message_template: { source: message, lang: 'mustache' },
    throttle_enabled: true,
    throttle: { value: THROTTLE_MINUTES, unit: 'MINUTES' },
    action_execution_policy: ONCE,
  };
}

/** Not throttled: every alert has its document. */
const recording = (detection: Detection): object => ({
  id: `bongsu-${detection.name}-record`,
  name: 'record',
  destination_id: RECORDS,
  subject_template: { source: `bongsu-${detection.name}`, lang: 'mustache' },
  message_template: { source: recordTemplate(detection), lang: 'mustache' },
  throttle_enabled: false,
  action_execution_policy: ONCE,
});
