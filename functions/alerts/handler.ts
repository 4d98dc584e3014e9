/** Alerts of detections: OpenSearch's alerting plugin → SNS → SQS → here → OpenSearch. */
import { collecting, sourceHandler } from '../../shared/runtime/handler.ts';
import { alertBodies } from './bodies.ts';
import { alerts } from './source.ts';

export const handler = sourceHandler('alerts', alerts, (wired) =>
  collecting({ ...wired, bodies: alertBodies(wired.bodies) }),
);
