/**
 * Who may do what on a domain that the stack makes: its fine-grained access control lets nobody in but the role that
 * made it.
 * https://docs.opensearch.org/latest/security/access-control/api/ · https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
 */
import { FORMS } from './forms.ts';
import type { Content, Item } from './item.ts';
import { putting, type Step } from './steps.ts';

/** ARNs of IAM roles, as functions/bootstrap/access.yml names them. */
export interface Members {
  /** May add documents to Bongsu's indices, nothing else. */
  readonly Writers?: readonly string[];
  /** May ask which findings there are. */
  readonly Readers?: readonly string[];
  /** May do everything, beside those who already may. The bootstrap's own role is one of them. */
  readonly Admins?: readonly string[];
}

const writer: Content = {
  description: 'Collectors add documents, and neither read nor delete.',
  cluster_permissions: ['indices:data/write/bulk'],
  index_permissions: [
    {
      index_patterns: ['aws-*'],
      allowed_actions: [
        'indices:admin/create',
        'indices:admin/mapping/put',
        'indices:data/write/bulk*',
        'indices:data/write/index',
      ],
    },
  ],
};

const reader: Content = {
  description: 'The collector of Security Hub asks which findings there are.',
  index_permissions: [{ index_patterns: ['aws-findings-*'], allowed_actions: ['indices:data/read/search'] }],
};

/** Nothing for an OpenSearch that exists: there somebody else decides. */
export function roleItems({ Writers = [], Readers = [], Admins = [] }: Members): readonly Item[] {
  return [
    ...role('bongsu_writer', writer, Writers),
    ...role('bongsu_reader', reader, Readers),
    ...(Admins.length > 0 ? [mapping('all_access', Admins)] : []),
  ];
}

export function security(members: Members): readonly Step[] {
  const items = roleItems(members);
  return items.length === 0 ? [] : [putting('roles', items, true)];
}

const role = (name: string, body: Content, members: readonly string[]): readonly Item[] =>
  members.length === 0 ? [] : [{ form: FORMS.role, name, body }, mapping(name, members)];

const mapping = (name: string, members: readonly string[]): Item => ({
  form: FORMS.mapping,
  name,
  body: { description: `Bongsu: ${members.join(' ')}`, backend_roles: members.toSorted() },
});
