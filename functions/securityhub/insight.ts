/**
 * Results of an insight that somebody sent to EventBridge: up to 100 values of one field, with how many findings have each.
 * `"insightResults":[{"AKIA…":5},{"AKIB…":6}]`
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 */

import { detailOf, listOf } from '../../shared/finding/values.ts';
import { isObject, type JsonObject } from '../../shared/transform/objects/compile.ts';

export const INSIGHT = 'Security Hub Insight Results';

/** Throws DecodeError where it is none. */
export function insight(event: JsonObject): { readonly detail: JsonObject; readonly derived: object } {
  const detail = detailOf(event);
  const values = listOf(detail.insightResults).filter(isObject).flatMap(Object.keys);
  return { detail, derived: { kind: 'event', categories: ['configuration'], types: ['info'], values } };
}
