/**
 * One object that Bongsu wants on OpenSearch, and how it gets there: read, compared, and put only where it differs.
 * Each carries Bongsu's mark: the fingerprint of its content when it was put. An object whose content has another fingerprint
 * was changed by somebody else since.
 */
import type { Api } from './api.ts';
import { type Added, differences, fingerprint, normal } from './compare.ts';

export type Content = Readonly<Record<string, unknown>>;

export interface Form {
  /** As reports call it: `index template`. */
  readonly title: string;
  /** Of all objects of the form; the name follows. */
  readonly path: string;
  /** Finds the object in the answer of a GET. */
  read(answer: unknown, name: string): Content;
  /** The content of an object with Bongsu's mark. */
  mark(content: Content, fingerprint: string): Content;
  /** The mark of an object; undefined where it has none. */
  markOf(found: Content): string | undefined;
  /** The content of an object without a mark. */
  plain(found: Content): Content;
  /** Members that OpenSearch adds. */
  readonly added?: Added;
  /** What a PUT over the object in the answer of a GET needs in its query. */
  query?(answer: unknown): Readonly<Record<string, string>>;
  /** What to put where others may have a share in it. Default: `body` as it is. */
  merge?(body: Content, found: Content): Content;
}

export interface Item {
  readonly form: Form;
  readonly name: string;
  /** Without a mark. */
  readonly body: Content;
}

/**
 * `none`: it is there and the same. `update`: an older version of ours was there. `restore`: somebody had changed it by hand.
 * `foreign`: another one has its name, and stays. `refused`: OpenSearch did not take it. `skip`: not tried.
 */
export type Action = 'none' | 'create' | 'update' | 'restore' | 'foreign' | 'refused' | 'skip';

export interface Change {
  readonly action: Action;
  /** `index template aws-flowlogs` */
  readonly object: string;
  /** Members that differed. */
  readonly paths?: readonly string[];
  readonly reason?: string;
}

/** Names that begin so are Bongsu's own. */
const OURS = /^bongsu[-_]/;

export const objectOf = ({ form, name }: Item): string => `${form.title} ${name}`;
const pathOf = ({ form, name }: Item): string => `${form.path}/${encodeURIComponent(name)}`;

/** What a PUT sends: the path, and the body with its mark. */
export function putOf(item: Item, body: Content = item.body): { readonly path: string; readonly body: Content } {
  return { path: pathOf(item), body: item.form.mark(body, fingerprint(body, item.form.added)) };
}

/** What would have to be done, and with which body. Throws DeliveryError. */
async function compared(item: Item, api: Api) {
  const { form, name } = item;
  const answer = await api({ method: 'GET', path: pathOf(item) });
  const found = answer === undefined ? undefined : form.read(answer, name);
  if (found === undefined) return { action: 'create', body: item.body } as const;
  const mark = form.markOf(found);
  if (mark === undefined && !OURS.test(name) && form.merge === undefined) return { action: 'foreign' } as const;
  const body = form.merge?.(item.body, found) ?? item.body;
  const [content, wanted] = [normal(form.plain(found), form.added), normal(body, form.added)];
  const paths = differences(wanted, content);
  const isCurrent = mark === fingerprint(body, form.added);
  if (paths.length === 0 && isCurrent) return { action: 'none' } as const;
  const wasTouched = mark !== undefined && mark !== '' && mark !== fingerprint(content, form.added);
  const query = form.query?.(answer);
  return { action: wasTouched ? 'restore' : 'update', body, paths, query } as const;
}

/** Puts an item where it is missing or differs; with `plan` only says so. Throws DeliveryError. */
export async function ensure(
  item: Item,
  api: Api,
  { plan = false }: { readonly plan?: boolean } = {},
): Promise<Change> {
  const object = objectOf(item);
  const { action, body, query, paths } = {
    query: undefined,
    paths: undefined,
    body: undefined,
    ...(await compared(item, api)),
  };
  if (body !== undefined && !plan) {
    const { path, body: marked } = putOf(item, body);
    await api({ method: 'PUT', path, body: marked, ...(query !== undefined && { query }) });
  }
  return { action, object, ...(paths !== undefined && paths.length > 0 && { paths }) };
}
