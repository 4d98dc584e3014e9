/**
 * What agents ask besides `_bulk`: whether this is Elasticsearch, and whether templates, policies, aliases and pipelines are
 * there. They are: Bongsu's own templates and parsers do their work. A path may have any prefix.
 * What Beats ask: libbeat/esleg/eslegclient and libbeat/idxmgmt of https://github.com/elastic/beats
 */
import type { Request, Response } from './request.ts';
import { fault, headOf, ok } from './responses.ts';

export interface BulkRoute {
  /** Index in the path, for actions that name none. */
  readonly index: string | undefined;
}

/** Where documents are posted to: `/_bulk`, `/<index>/_bulk`, both behind a prefix. */
export function bulkRoute({ method, path }: Request): BulkRoute | undefined {
  if (path.at(-1) !== '_bulk' || (method !== 'POST' && method !== 'PUT')) return undefined;
  return { index: path.at(-2) };
}

type Stub = (name: string, version: string) => unknown;

const ACKNOWLEDGED = { acknowledged: true };

/** By the first name of the path that begins with `_`. `name`: the one behind it. */
const STUBS: Readonly<Record<string, Stub>> = {
  _license: () => ({ license: { status: 'active', type: 'basic', mode: 'basic', uid: 'bongsu', issued_to: 'bongsu' } }),
  _xpack: () => ({
    features: { ilm: { available: true, enabled: true }, security: { available: true, enabled: true } },
  }),
  _ilm: (name) => ({ [name]: { version: 1, policy: { phases: {} } } }),
  _index_template: (name) => ({ index_templates: [{ name, index_template: { index_patterns: [] } }] }),
  _template: (name) => ({ [name]: { index_patterns: [] } }),
  _component_template: (name) => ({ component_templates: [{ name, component_template: {} }] }),
  _data_stream: (name) => ({ data_streams: [{ name, status: 'GREEN' }] }),
  _alias: (name) => ({ [`${name}-000001`]: { aliases: { [name]: { is_write_index: true } } } }),
  _ingest: (name) => ({ [name]: { processors: [] } }),
  _nodes: () => ({ nodes: { bongsu: { ingest: { processors: [{ type: 'geoip' }, { type: 'user_agent' }] } } } }),
  _cluster: () => ({ cluster_name: 'bongsu', status: 'green' }),
};

/** `version`: of Elasticsearch, as clients see it. */
export function stub(request: Request, version: string): Response {
  const { method, path, isFolder } = request;
  const at = path.findIndex((name) => name.startsWith('_'));
  if (method === 'HEAD')
    return headOf(
      at >= 0 || path.length === 0 || isFolder ? ok('') : fault(404, 'index_not_found_exception', 'no such index'),
    );
  if (method !== 'GET') return method === 'PUT' || method === 'POST' ? ok(ACKNOWLEDGED) : unknown(request);
  if (at < 0) return ok(rootOf(version));
  const make = STUBS[path[at]];
  return make === undefined ? unknown(request) : ok(make(path.at(-1)!, version));
}

const unknown = ({ method }: Request): Response =>
  fault(
    404,
    'resource_not_found_exception',
    `this endpoint takes _bulk and what Beats ask before it, no other ${method}`,
  );

const rootOf = (number: string): object => ({
  name: 'bongsu',
  cluster_name: 'bongsu',
  cluster_uuid: 'bongsu',
  version: {
    number,
    build_flavor: 'default',
    minimum_wire_compatibility_version: number,
    minimum_index_compatibility_version: number,
  },
  tagline: 'You Know, for Search',
});
