/** Field-map rows given as parameters, compiled by the source that they are for: a wrong one stops the deployment. */
import { noGeo } from '../../shared/enrich/geo.ts';
import { ConfigError } from '../../shared/errors.ts';
import type { SourceHandler } from '../../shared/runtime/handler.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

/** One sentence for each source whose rows do not compile. Loads the handlers of sources that have rows, and no others. */
export async function fieldFaults({ of }: Pick<Parameters, 'of'>): Promise<string[]> {
  const faults: string[] = [];
  for (const [source, { Fields }] of Object.entries(of)) {
    const reason = Fields === '' ? undefined : await reasonToRefuse(source as SourceName, Fields);
    if (reason !== undefined)
      faults.push(fault(`${source}Fields`, `rows that compile (${reason})`, JSON.parse(Fields)));
  }
  return faults;
}

/** In: rows as JSON text. Undefined: they compile. */
async function reasonToRefuse(source: SourceName, rows: string): Promise<string | undefined> {
  const { handler } = (await import(`../../functions/${source}/handler.ts`)) as { handler: SourceHandler };
  try {
    handler.make({ geo: noGeo, assets: undefined, route: ['opensearch'], fields: JSON.parse(rows) });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}
