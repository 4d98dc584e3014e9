/** The handler of a source by its name, for whatever runs sources outside of their Lambdas. */
import type { SourceHandler } from '../shared/runtime/handler.ts';
import type { SourceName } from '../shared/sources.ts';

export async function handlerOf(name: SourceName): Promise<SourceHandler> {
  const { handler }: { handler: SourceHandler } = await import(`../functions/${name}/handler.ts`);
  return handler;
}
