/** Puts templates on a node without the steps, comparisons and marks of the bootstrap. */
import { apiOf, type Patience, patient } from '../../../functions/bootstrap/api.ts';
import { dependsOnEngine, engineOf, forEngine } from '../../../functions/bootstrap/engine.ts';
import type { Put } from '../../../functions/bootstrap/put.ts';
import { DeliveryError, messageOf } from '../../../shared/errors.ts';
import type { ClientOptions } from '../../../shared/sink/opensearch/client.ts';

/** Templates as the engine takes them. Throws DeliveryError with what OpenSearch says. */
export function onOpenSearch(access: ClientOptions, patience: Patience = { until: 0 }): Put {
  const api = patient(apiOf(access), patience);
  let version: string | undefined;
  return async ({ path, body }) => {
    try {
      if (dependsOnEngine(body)) version ??= await engineOf(api);
      await api({ method: 'PUT', path, body: forEngine(body, version ?? '') });
    } catch (cause) {
      if (!(cause instanceof DeliveryError)) throw cause;
      throw new DeliveryError(`${path} was not put: ${messageOf(cause.cause)}`, cause.fields, cause);
    }
  };
}
