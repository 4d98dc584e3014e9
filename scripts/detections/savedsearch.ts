/**
 * A detection → a stanza of savedsearches.conf. Searches look at when Splunk indexed an event (`_index_earliest`), with an overlap;
 * an alert is suppressed by its key, so that no event alerts twice. Disabled until somebody enables them.
 * https://docs.splunk.com/Documentation/Splunk/latest/Admin/Savedsearchesconf
 */
import type { Detection, Level } from './model.ts';
import { nextOf } from './next.ts';
import { pipelineOf } from './pipeline.ts';
import { RuleRefusal } from './refusal.ts';
import { EVERY_MINUTES } from './window.ts';

const SEVERITIES: Readonly<Record<Level, number>> = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };
const RISKS: Readonly<Record<Level, number>> = { informational: 5, low: 20, medium: 40, high: 60, critical: 80 };
/** How late an event may be by its own time: as long as a replay may take. */
const EARLIEST = '-7d@h';

export interface Stanza {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Throws RuleRefusal. */
export function stanzaOf(detection: Detection): Stanza {
  try {
    const { search, key } = pipelineOf(detection);
    return { name: `Bongsu - ${detection.title}`, settings: settingsOf(detection, search, key) };
  } catch (error) {
    if (error instanceof RuleRefusal) throw error;
    throw new RuleRefusal(detection.name, (error as Error).message);
  }
}

function settingsOf(detection: Detection, search: string, key: readonly string[]): Stanza['settings'] {
  const { name, title, level, description, response, techniques } = detection;
  const steps = response.map((step, at) => `${at + 1}. ${step}`).join(' ');
  return {
    description: `${description} What to do: ${steps}`,
    disabled: '1',
    enableSched: '1',
    cron_schedule: `${minuteOf(name)}-59/${EVERY_MINUTES} * * * *`,
    'dispatch.earliest_time': EARLIEST,
    'dispatch.latest_time': '+1h',
    schedule_window: 'auto',
    counttype: 'number of events',
    relation: 'greater than',
    quantity: '0',
    'alert.track': '1',
    'alert.severity': String(SEVERITIES[level]),
    'alert.digest_mode': '0',
    'alert.suppress': '1',
    'alert.suppress.fields': key.join(','),
    'alert.suppress.period': '24h',
    ...enterprise(detection, title, techniques),
    search,
  };
}

/** Enterprise Security: annotations, risk and a finding; without it Splunk passes over them. */
function enterprise(detection: Detection, title: string, techniques: readonly string[]): Stanza['settings'] {
  const { level, description } = detection;
  const risk = [
    { risk_object_field: 'who', risk_object_type: 'user', risk_score: RISKS[level] },
    { risk_object_field: 'asset', risk_object_type: 'system', risk_score: RISKS[level] },
  ];
  return {
    'action.correlationsearch.enabled': '1',
    'action.correlationsearch.label': title,
    'action.correlationsearch.annotations': JSON.stringify({ mitre_attack: techniques }),
    'action.risk': '1',
    'action.risk.param._risk': JSON.stringify(risk),
    'action.risk.param._risk_message': `${title}: $what$ by $who$ in $account$`,
    'action.notable': '1',
    'action.notable.param.rule_title': `${title} - account $account$, owner $owner$`,
    'action.notable.param.rule_description': description,
    'action.notable.param.severity': level,
    'action.notable.param.security_domain': 'threat',
    'action.notable.param.drilldown_name': 'What else happened',
    'action.notable.param.drilldown_search': nextOf(detection).splunk,
    'action.notable.param.drilldown_earliest_offset': '86400',
    'action.notable.param.drilldown_latest_offset': '86400',
  };
}

/** Spreads the searches over the minutes; the same one always runs at the same. */
function minuteOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return sum % EVERY_MINUTES;
}

/** Lines that are too long go on behind a backslash, at a bar. */
export function textOfStanza({ name, settings }: Stanza): string {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${folded(key, value)}`);
  return `[${name}]\n${lines.join('\n')}\n`;
}

const folded = (key: string, value: string): string => (key === 'search' ? value.replaceAll('\n', ' \\\n') : value);
