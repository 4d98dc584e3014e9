/**
 * What an alert says to the source `alerts`: JSON that the alerting plugin fills in. Text of a mustache template. The plugin's template
 * engine escapes values as JSON, and what a document has not becomes an empty text.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/triggers-bucket-level/
 */
import type { Detection } from './model.ts';

/** Of a document that a sample shows. */
const SAMPLED = [
  ...['@timestamp', 'message', 'event.action', 'event.id', 'event.outcome', 'error.code', 'finding.uid'],
  ...['cloud.account.id', 'cloud.account.name', 'cloud.region', 'user.name', 'source.ip', 'source.address'],
  ...['destination.ip', 'host.name', 'asset.id', 'asset.name', 'asset.owner', 'asset.environment', 'asset.exposure'],
  ...['source.asset.id', 'source.asset.owner', 'destination.asset.id', 'destination.asset.owner', 'user.asset.owner'],
] as const;

/** What an alert says of its detection. */
export const aboutOf = (detection: Detection) => {
  const { name, title, id, level, description, techniques, tactics, references } = detection;
  return { name, title, id, level, description, techniques, tactics, references };
};

/** Mustache has no comma between the elements of a list: each has one behind it, and `null` is the last element. */
export function recordTemplate(detection: Detection): string {
  const sample = JSON.stringify({ _index: '{{_index}}', _id: '{{_id}}', ...nested(SAMPLED) });
  const alert = [
    '"id":"{{id}}","start":"{{start_time}}","keys":"{{bucket_keys}}"',
    `"samples":[{{#sample_documents}}${sample},{{/sample_documents}}null]`,
  ];
  return [
    `{"detection":${JSON.stringify(aboutOf(detection))}`,
    '"monitor":"{{ctx.monitor._id}}"',
    '"link":"/_plugins/_alerting/monitors/alerts?monitorId={{ctx.monitor._id}}"',
    `"alerts":[{{#ctx.newAlerts}}{${alert.join(',')}},{{/ctx.newAlerts}}null]}`,
  ].join(',');
}

interface Tree {
  [name: string]: string | Tree;
}

/** `a.b` → `{"a":{"b":"{{_source.a.b}}"}}` */
function nested(names: readonly string[]): Tree {
  const tree: Tree = {};
  for (const name of names) {
    const parts = name.split('.');
    let node = tree;
    for (const part of parts.slice(0, -1)) {
      node[part] ??= {};
      node = node[part] as Tree;
    }
    node[parts.at(-1)!] = `{{_source.${name}}}`;
  }
  return tree;
}
