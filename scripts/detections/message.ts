/** What an alert says to a person: what, who, whose, where, what to do, where to look. Text of a mustache template. */
import type { Detection } from './model.ts';
import { nextOf } from './next.ts';

export interface Message {
  readonly subject: string;
  readonly message: string;
}

const SAMPLE = `{{#sample_documents}}
When: {{_source.@timestamp}}   Document: {{_index}}/{{_id}}
What: {{_source.event.action}} {{_source.message}} {{_source.error.code}}
Where: account {{_source.cloud.account.id}} {{_source.cloud.account.name}}, region {{_source.cloud.region}}
Who: {{_source.user.name}} from {{_source.source.address}} {{_source.source.ip}}
Asset: {{_source.asset.name}} {{_source.asset.id}}{{_source.destination.asset.id}}{{_source.source.asset.id}}
Owner: {{_source.asset.owner}}{{_source.destination.asset.owner}}{{_source.source.asset.owner}}
{{/sample_documents}}`;

export function messageOf(detection: Detection): Message {
  const { title, level, description, techniques, response, falsepositives } = detection;
  const steps = response.map((step, at) => `${at + 1}. ${step}`);
  const lines = [
    `${title} (${level}; ATT&CK ${techniques.join(', ')})`,
    description,
    '{{#ctx.newAlerts}}',
    'Key: {{bucket_keys}}',
    SAMPLE,
    '{{/ctx.newAlerts}}',
    'What to do:',
    ...steps,
    `Look next: ${nextOf(detection).opensearch}`,
    `It may be harmless: ${falsepositives.join('; ')}`,
    `Alerts: /_plugins/_alerting/monitors/alerts?monitorId={{ctx.monitor._id}}`,
  ];
  return { subject: `[Bongsu ${level}] ${title}`, message: lines.join('\n') };
}
