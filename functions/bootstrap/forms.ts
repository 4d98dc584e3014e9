/**
 * The forms of objects that the bootstrap puts: where each lies, and how it carries Bongsu's mark.
 * https://docs.opensearch.org/latest/api-reference/ · https://docs.opensearch.org/latest/im-plugin/ism/api/
 * https://docs.opensearch.org/latest/security/access-control/api/
 */
import type { Content, Form } from './item.ts';

type Answer = Readonly<Record<string, never>>;

const inMeta = {
  mark: (content: Content, fingerprint: string): Content => ({
    ...content,
    _meta: { ...(content._meta as object | undefined), managed_by: 'bongsu', fingerprint },
  }),
  markOf: ({ _meta }: Content): string | undefined => {
    const { managed_by, fingerprint = '' } = (_meta ?? {}) as { managed_by?: string; fingerprint?: string };
    return managed_by === 'bongsu' ? fingerprint : undefined;
  },
  plain: ({ _meta, ...content }: Content): Content => {
    const { fingerprint: _, ...meta } = (_meta ?? {}) as { fingerprint?: string };
    return { ...content, _meta: meta };
  },
};

const MARK = / ?\[bongsu ([0-9a-f]{16})\]$/;

/** For objects without members of one's own: at the end of their description. */
const inDescription = {
  mark: (content: Content, fingerprint: string): Content => ({
    ...content,
    description: `${content.description ?? ''} [bongsu ${fingerprint}]`.trimStart(),
  }),
  markOf: ({ description }: Content): string | undefined => MARK.exec(String(description ?? ''))?.[1],
  plain: (content: Content): Content => ({
    ...content,
    description: String(content.description ?? '').replace(MARK, ''),
  }),
};

/**
 * A mapping has members of ours and of others. The description lists ours, so that one that we no longer name goes, and those
 * that others added stay.
 */
function withOthers(body: Content, found: Content): Content {
  const own = /^Bongsu: (.*) \[bongsu /.exec(String(found.description ?? ''))?.[1].split(' ') ?? [];
  const all = (found.backend_roles ?? []) as readonly string[];
  const wanted = body.backend_roles as readonly string[];
  const others = all.filter((each) => !own.includes(each) && !wanted.includes(each));
  const { users, hosts, and_backend_roles } = found;
  return { ...present({ users, hosts, and_backend_roles }), ...body, backend_roles: [...wanted, ...others].sort() };
}

const present = (content: Content): Content =>
  Object.fromEntries(Object.entries(content).filter(([, value]) => Array.isArray(value) && value.length > 0));

export const FORMS = {
  pipeline: {
    title: 'ingest pipeline',
    path: '/_ingest/pipeline',
    read: (answer, name) => (answer as Answer)[name],
    ...inDescription,
  },
  component: {
    title: 'component template',
    path: '/_component_template',
    read: (answer) =>
      (answer as { component_templates: { component_template: Content }[] }).component_templates[0].component_template,
    ...inMeta,
  },
  index: {
    title: 'index template',
    path: '/_index_template',
    read: (answer) => (answer as { index_templates: { index_template: Content }[] }).index_templates[0].index_template,
    ...inMeta,
  },
  policy: {
    title: 'policy',
    path: '/_plugins/_ism/policies',
    read: (answer) => (answer as { policy: Content }).policy,
    ...inDescription,
    mark: (content, fingerprint) => ({ policy: inDescription.mark(content, fingerprint) }),
    added: new Set(['policy_id', 'last_updated_time', 'schema_version', 'user', 'error_notification', 'ignore']),
    query: (answer) => {
      const { _seq_no, _primary_term } = answer as { _seq_no: number; _primary_term: number };
      return { if_seq_no: String(_seq_no), if_primary_term: String(_primary_term) };
    },
  },
  role: {
    title: 'role',
    path: '/_plugins/_security/api/roles',
    read: (answer, name) => (answer as Answer)[name],
    ...inDescription,
    added: new Set(['reserved', 'hidden', 'static']),
  },
  tenant: {
    title: 'tenant',
    path: '/_plugins/_security/api/tenants',
    read: (answer, name) => (answer as Answer)[name],
    ...inDescription,
    added: new Set(['reserved', 'hidden', 'static']),
  },
  mapping: {
    title: 'role mapping',
    path: '/_plugins/_security/api/rolesmapping',
    read: (answer, name) => (answer as Answer)[name],
    ...inDescription,
    added: new Set(['reserved', 'hidden', 'static']),
    merge: withOthers,
  },
} as const satisfies Readonly<Record<string, Form>>;
