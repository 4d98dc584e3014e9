/**
 * The Lambda handler of a source. Preview, demo and tests wire a source the same way: `handler.wire` gives what the Lambda
 * works with, `handler.make` the source alone.
 */
import { onEvent } from '../input/eventbridge.ts';
import { answer, items } from '../input/invocation.ts';
import type { Bodies } from '../input/sqs.ts';
import type { Source } from '../model.ts';
import { collect, type Dependencies } from '../pipeline/collect.ts';
import { isEnriched, isMatched, SOURCES, type SourceName } from '../sources.ts';
import { config } from './config.ts';
import { answeringHandler, type Runtime, type Work } from './lambda.ts';
import { dependencies, objectBodies, type SourceOptions, sourceOptions, withThreats } from './wiring.ts';

/** A source and what the settings give it, once per environment. */
export interface Wired<R> {
  readonly runtime: Runtime;
  readonly source: Source<R>;
  readonly dependencies: Omit<Dependencies, 'signal'>;
  /** Bodies of a message, by the ways in which the source's records arrive. */
  readonly bodies: Bodies;
}

/** What differs from invocation to invocation. */
export interface Invocation {
  readonly bodies: Bodies;
  /** Called when every record of every item was delivered. */
  settle?(signal: AbortSignal): Promise<void>;
}

/** What sourceHandler returns, for whoever runs a source outside of its Lambda. */
export interface SourceHandler {
  make(options: SourceOptions): Source<unknown>;
  wire(runtime: Runtime): Promise<Wired<unknown>>;
}

/** Makes a source from its options and the settings that only this source has. Throws ConfigError. */
type Make<R> = (options: SourceOptions) => Source<R>;

/**
 * `start`: once per environment, what an invocation does. Default: collects the records of the event.
 * @example export const handler = sourceHandler('dns', dns);
 */
export const sourceHandler = <R>(name: SourceName, make: Make<R>, start: (wired: Wired<R>) => Work = collecting) =>
  answeringSource(name, make, start, answer);

/** The same for a source whose callers get an answer of their own. */
export function answeringSource<R, T, A>(
  name: SourceName,
  make: Make<R>,
  start: (wired: Wired<R>) => Work<T>,
  answers: (event: unknown, result: T) => A,
) {
  const wire = async (runtime: Runtime): Promise<Wired<R>> => {
    const row = SOURCES[name];
    const made = make(await sourceOptions(runtime, isEnriched(row)));
    const source = isMatched(row) ? await withThreats(made, runtime) : made;
    const objects = objectBodies(runtime);
    const bodies = row.events === undefined ? objects : onEvent(objects);
    return { runtime, source, dependencies: dependencies(source, runtime), bodies };
  };
  const handler = answeringHandler(name, async (runtime) => start(await wire(runtime)), answers);
  return Object.assign(handler, { make, wire });
}

/** Work that collects the records of an event; `begin` prepares each invocation. */
export function collecting<R>(
  { runtime, source, dependencies, bodies }: Wired<R>,
  begin: (signal: AbortSignal) => Invocation = () => ({ bodies }),
): Work {
  const { SPILL_URL: spill } = config('SPILL_URL');
  const keptIn = spill && `s3://${spill.bucket}/replay/${runtime.source}/`; // resources/source/replay-access.yml
  return async (event, signal) => {
    const { bodies, settle } = begin(signal);
    const outcomes = await collect(source, items(event, bodies, keptIn), { ...dependencies, signal });
    if (outcomes.every(({ error }) => error === undefined)) await settle?.(signal);
    return outcomes;
  };
}
