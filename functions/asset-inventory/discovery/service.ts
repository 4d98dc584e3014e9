/**
 * Builders for declarations: what most lists, details and look-ups have in common. Any other call goes through `call`.
 */
import type { At, ClientConfig, Declaration, Detail, Listed } from './declaration.ts';

/** An SDK command and the type of its output. */
interface Operation<O> {
  resolveMiddleware(stack: never, configuration: never, options: never): (input: never) => Promise<{ output: O }>;
}

interface Client {
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** One page of an answer. */
interface Given<R> {
  readonly records: readonly R[] | undefined;
  readonly next?: string | undefined;
}

interface Pages<R, O> {
  readonly action: string;
  page(cursor: string | undefined): Operation<O>;
  /** The same command for one record, by its native id. */
  one?(nativeId: string): Operation<O>;
  read(answer: O): Given<R>;
}

interface More<R, O> extends Omit<Detail<R>, 'call'> {
  call(record: R, at: At): Operation<O>;
  read(answer: O): Partial<R>;
  /** The region to call, if it differs from the region of the list. */
  region?(record: R): string;
}

/** `region`: always call the service there, whatever region is listed. */
export function service<C extends Client>(kind: new (config: ClientConfig) => C, region?: string) {
  const call = <O>(at: At, action: string, command: Operation<O>, where = region): Promise<O> =>
    at.call(action, (options) => at.client(kind, where).send(command as never, options) as Promise<O>);

  return {
    /** Makes one call. `where`: in another region. */
    call,

    /**
     * `actions`, `list` and `find` of a declaration whose list makes one call a page.
     * @example ...rds.pages({ action, page: (Marker) => new DescribeDBInstancesCommand({ Marker }), read: … })
     */
    pages<R, O>({ action, page, one, read }: Pages<R, O>) {
      const asked = async (at: At, command: Operation<O>): Promise<Listed<R>> => {
        const { records = [], next } = read(await call(at, action, command));
        return { records, next };
      };
      return {
        actions: [action],
        list: (at: At, cursor: string | undefined) => asked(at, page(cursor)),
        ...(one && { find: async (at: At, nativeId: string) => (await asked(at, one(nativeId))).records }),
      } satisfies Pick<Declaration<R>, 'actions' | 'list' | 'find'>;
    },

    /** One detail call for each record, and the fields that its answer adds. */
    detail: <R, O>({ call: about, read, region: place, ...of }: More<R, O>): Detail<R> => ({
      ...of,
      call: async (record, at) => read(await call(at, of.action, about(record, at), place?.(record))),
    }),
  };
}

/** A relationship; it is dropped where it has no target. */
export const relation = <T extends string>(type: T, target: string | undefined) => ({ type, target });

/** One relationship for each target. */
export const relations = <T extends string>(type: T, targets: readonly (string | undefined)[] = []) =>
  targets.map((target) => ({ type, target }));

/** The last part of an ARN or a path: `key/1234` → `1234`. */
export const lastOf = (arn: string | undefined): string | undefined => arn?.split(/[/:]/).at(-1);
