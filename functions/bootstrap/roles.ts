/**
 * Who may do what on a domain that the stack makes: its fine-grained access control lets nobody in but the role that
 * made it.
 * https://docs.opensearch.org/latest/security/access-control/api/ · https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
 */
import type { Template } from './templates.ts';

/** ARNs of IAM roles, as functions/bootstrap/access.yml names them. */
export interface Access {
  /** May add documents to Bongsu's indices, nothing else. */
  readonly Writers?: readonly string[];
  /** May ask which findings there are. */
  readonly Readers?: readonly string[];
  /** May do everything. The bootstrap's own role is one of them: the list takes the place of the one before. */
  readonly Admins?: readonly string[];
}

const writer = {
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

const reader = {
  index_permissions: [{ index_patterns: ['aws-findings-*'], allowed_actions: ['indices:data/read/search'] }],
};

const SECURITY = '/_plugins/_security/api';

/** Nothing for an OpenSearch that exists: there somebody else decides. */
export function roles({ Writers = [], Readers = [], Admins = [] }: Access): readonly Template[] {
  return [
    ...role('bongsu_writer', writer, Writers),
    ...role('bongsu_reader', reader, Readers),
    ...(Admins.length > 0 ? [{ path: `${SECURITY}/rolesmapping/all_access`, body: { backend_roles: Admins } }] : []),
  ];
}

const role = (name: string, body: object, members: readonly string[]): readonly Template[] =>
  members.length === 0
    ? []
    : [
        { path: `${SECURITY}/roles/${name}`, body },
        { path: `${SECURITY}/rolesmapping/${name}`, body: { backend_roles: members } },
      ];
