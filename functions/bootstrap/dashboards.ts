/**
 * The dashboards, with their visualizations, saved searches and index patterns, in OpenSearch Dashboards. Each is compared first;
 * those that are missing or differ are imported under their own ids, and read again afterwards, since an import that fails
 * has the status 200, too.
 * https://docs.opensearch.org/latest/dashboards/management/saved-objects/
 */
import { DeliveryError } from '../../shared/errors.ts';
import type { Api } from './api.ts';
import { differences, normal } from './compare.ts';
import { savedObjects } from './data.ts';
import type { Change, Content } from './item.ts';
import type { Step } from './steps.ts';

interface SavedObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Content;
  readonly references: readonly object[];
}

interface Found extends SavedObject {
  readonly error?: { readonly statusCode: number; readonly message: string };
}

export interface DashboardOptions {
  /** Path of OpenSearch Dashboards behind the address: `/_dashboards` on Amazon OpenSearch Service. */
  readonly base: string;
  /** `global`, or the name of a tenant. */
  readonly tenant: string;
  /** Default: those of the project. */
  readonly lines?: readonly string[];
}

export const dashboards = ({ base, tenant, lines = savedObjects() }: DashboardOptions): Step => ({
  name: 'dashboards',
  async run(api, { plan = false }) {
    const wanted = lines.map((line) => JSON.parse(line) as SavedObject);
    const call = { base, tenant, api };
    const found = await get(wanted, call);
    const compared = wanted.map((each, at) => ({ each, found: found[at], change: changeOf(each, found[at]) }));
    const due = compared.filter(({ change }) => change.action !== 'none');
    if (due.length > 0 && !plan) await put(due, call);
    return compared.map(({ change }) => change);
  },
});

interface Calls {
  readonly api: Api;
  readonly base: string;
  readonly tenant: string;
}

const isMissing = ({ error }: Found): boolean => error?.statusCode === 404;

function changeOf(wanted: SavedObject, found: Found): Change {
  const object = `${wanted.type} ${wanted.id}`;
  if (isMissing(found)) return { action: 'create', object };
  if (found.error !== undefined)
    throw new DeliveryError(`${object}: ${found.error.message}`, { status: found.error.statusCode });
  const paths = differences(contentOf(wanted, wanted), contentOf(found, wanted));
  return paths.length === 0 ? { action: 'none', object } : { action: 'update', object, paths };
}

/** Dashboards keeps the fields of an index pattern by itself, and adds members to objects: only what the wanted one has counts. */
function contentOf({ attributes, references }: SavedObject, { type, attributes: wanted }: SavedObject): unknown {
  const names = Object.keys(wanted).filter((name) => type !== 'index-pattern' || name !== 'fields');
  return normal({ attributes: Object.fromEntries(names.map((name) => [name, parsed(attributes[name])])), references });
}

/** Attributes hold JSON as text, whose order of members is nobody's promise. */
function parsed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parsed);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, parsed(member)]));
  }
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

async function get(objects: readonly SavedObject[], { api, base, tenant }: Calls): Promise<readonly Found[]> {
  const answer = (await api({
    method: 'POST',
    path: `${base}/api/saved_objects/_bulk_get`,
    headers: headersOf(tenant),
    body: Buffer.from(JSON.stringify(objects.map(({ type, id }) => ({ type, id })))),
  })) as { readonly saved_objects?: readonly Found[] };
  if (answer?.saved_objects?.length !== objects.length) {
    throw new DeliveryError(`${base}: OpenSearch Dashboards does not answer there`, { path: base });
  }
  return answer.saved_objects;
}

interface Due {
  readonly each: SavedObject;
  readonly found: Found;
}

async function put(due: readonly Due[], calls: Calls): Promise<void> {
  const { api, base, tenant } = calls;
  const objects = due.map(({ each, found }) => (each.type === 'index-pattern' ? withFields(each, found) : each));
  const { body, type } = multipart(objects.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const answer = (await api({
    method: 'POST',
    path: `${base}/api/saved_objects/_import`,
    query: { overwrite: 'true' },
    headers: { ...headersOf(tenant), 'content-type': type },
    body,
  })) as Imported;
  if (!answer.success)
    throw new DeliveryError(`dashboards were not imported: ${JSON.stringify(answer.errors?.slice(0, 5))}`, {});
  const after = await get(objects, calls);
  const lost = objects.filter((each, at) => changeOf(each, after[at]).action !== 'none').map(({ id }) => id);
  if (lost.length > 0) {
    throw new DeliveryError(
      `dashboards were imported, but not found as they are to be in tenant ${tenant}: ${lost.slice(0, 5)}`,
      {},
    );
  }
}

interface Imported {
  readonly success: boolean;
  readonly errors?: readonly object[];
}

/** The fields that Dashboards or a user has put into an index pattern stay. */
const withFields = (wanted: SavedObject, { attributes }: Found): SavedObject =>
  attributes?.fields === undefined
    ? wanted
    : { ...wanted, attributes: { ...wanted.attributes, fields: attributes.fields } };

const headersOf = (tenant: string) => ({ 'osd-xsrf': 'true', securitytenant: tenant });

/** One file as a browser's form sends it. The boundary is fixed: a signature covers the bytes, and JSON lines never begin with it. */
function multipart(file: string): { readonly type: string; readonly body: Buffer } {
  const boundary = 'bongsu-dashboards';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="bongsu.ndjson"\r\ncontent-type: application/ndjson\r\n\r\n`;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`${head}${file}\r\n--${boundary}--\r\n`),
  };
}
