/**
 * How the files in types/ call a service: what most lists, details and look-ups have in common. A call that is none of these
 * goes through `ask`.
 */
import type { At, ClientConfig, Declaration, Detail, Listed } from './declaration.ts';

/** A command of the SDK, as far as it says what it answers. */
interface Operation<O> {
  resolveMiddleware(stack: never, configuration: never, options: never): (input: never) => Promise<{ output: O }>;
}

interface Client {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** What an answer says, as it says it. */
interface Given<R> {
  readonly records: readonly R[] | undefined;
  readonly next?: string | undefined;
}

interface Pages<R, O> {
  readonly action: string;
  page(cursor: string | undefined): Operation<O>;
  /** The same for one record by its native id. */
  one?(nativeId: string): Operation<O>;
  read(answer: O): Given<R>;
}

interface More<R, O> extends Omit<Detail<R>, 'ask'> {
  ask(record: R, at: At): Operation<O>;
  read(answer: O): Partial<R>;
  /** Where the record has to be asked about, if that is not where it was listed. */
  region?(record: R): string;
}

/** `region`: where the service is to be asked, whatever region is looked at. */
export function service<C extends Client>(kind: new (config: ClientConfig) => C, region?: string) {
  const ask = <O>(at: At, action: string, command: Operation<O>, where = region): Promise<O> =>
    at.ask(action, (options) => at.client(kind, where).send(command as never, options) as Promise<O>);

  return {
    /** One call. `where`: in another region. */
    ask,

    /**
     * Members of a declaration whose list is one call a page.
     * @example ...rds.pages({ action, page: (Marker) => new DescribeDBInstancesCommand({ Marker }), read: … })
     */
    pages<R, O>({ action, page, one, read }: Pages<R, O>) {
      const asked = async (at: At, command: Operation<O>): Promise<Listed<R>> => {
        const { records = [], next } = read(await ask(at, action, command));
        return { records, next };
      };
      return {
        actions: [action],
        list: (at: At, cursor: string | undefined) => asked(at, page(cursor)),
        ...(one && { find: async (at: At, nativeId: string) => (await asked(at, one(nativeId))).records }),
      } satisfies Pick<Declaration<R>, 'actions' | 'list' | 'find'>;
    },

    /** One call more about each record, and which members its answer gives the record. */
    detail: <R, O>({ ask: about, read, region: place, ...of }: More<R, O>): Detail<R> => ({
      ...of,
      ask: async (record, at) => read(await ask(at, of.action, about(record, at), place?.(record))),
    }),
  };
}

/** A relationship; without a target it is dropped. */
export const relation = <T extends string>(type: T, target: string | undefined) => ({ type, target });

/** One relationship for each target. */
export const relations = <T extends string>(type: T, targets: readonly (string | undefined)[] = []) =>
  targets.map((target) => ({ type, target }));

/** The last part of an ARN or a path: `key/1234` → `1234`. */
export const lastOf = (arn: string | undefined): string | undefined => arn?.split(/[/:]/).at(-1);
