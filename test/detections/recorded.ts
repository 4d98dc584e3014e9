/**
 * An alert on its way into `aws-alerts`: the node's own mustache fills in the template of the monitor's action, SNS and SQS wrap it,
 * the Lambda's code reads it. What the alerting plugin hands to the template is built here as it is documented.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/triggers-bucket-level/
 */
import { alertBodies } from '../../functions/alerts/bodies.ts';
import { alerts } from '../../functions/alerts/source.ts';
import type { Ask } from '../../scripts/detections/proof/node.ts';
import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import type { ClientOptions } from '../../shared/sink/opensearch/client.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';

export interface Alert {
  readonly id: string;
  readonly start_time: number;
  readonly bucket_keys: string;
  readonly sample_documents: readonly object[];
}

interface Action {
  readonly destination_id: string;
  readonly message_template: { readonly source: string };
}

/** The text that the plugin would publish. Throws Error where the node makes no JSON of it. */
export async function published(monitor: object, alert: Alert, ask: Ask): Promise<string> {
  const [{ bucket_level_trigger }] = (
    monitor as {
      readonly triggers: readonly [{ readonly bucket_level_trigger: { readonly actions: readonly Action[] } }];
    }
  ).triggers;
  const { message_template } = bucket_level_trigger.actions.find(
    (each) => each.destination_id === 'bongsu-alert-records',
  )!;
  const ctx = { monitor: { _id: 'monitor-1' }, newAlerts: [alert] };
  const { template_output } = (await ask('POST', '/_render/template', {
    source: message_template.source,
    params: { ctx },
  })) as { readonly template_output: object };
  return JSON.stringify(template_output);
}

/** Delivers the message so many times, as SNS and SQS may. Returns how many documents of each time OpenSearch had already. */
export async function delivered(message: string, times: number, access: ClientOptions): Promise<readonly unknown[]> {
  const source = alerts({ route: ['opensearch'] });
  const sink = retrying(opensearch({ ...access, index: source.index }), { deadline: () => Number.POSITIVE_INFINITY });
  const body = JSON.stringify({
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:a',
    Message: message,
  });
  const bodies = alertBodies(() => {
    throw new Error('the message is not about an alert');
  });
  const found: unknown[] = [];
  for (let time = 0; time < times; time++) {
    const event = { Records: [{ messageId: `m-${time}`, eventSource: 'aws:sqs', body }] };
    const [{ error, counts }] = await collect(source, items(event, bodies), {
      sinks: [sink],
      quarantine: { put() {}, flush: async () => {} },
      log: { info() {}, warn() {}, error() {} },
      metrics: { add() {}, flush() {} },
      signal: new AbortController().signal,
    });
    if (error !== undefined) throw error;
    found.push(counts.opensearch);
  }
  return found;
}
