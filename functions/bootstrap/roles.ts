/**
 * Who may do what on a domain that the stack makes: its fine-grained access control lets nobody in but the role that
 * made it. Roles are the files of `opensearch/role/`; members are IAM roles by ARN, and groups by the names that SAML or LDAP gives them.
 * https://docs.opensearch.org/latest/security/access-control/api/ · https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
 */
import { filesOf } from './data.ts';
import { FORMS } from './forms.ts';
import type { Content, Item } from './item.ts';
import { putting, type Step } from './steps.ts';

type Names = readonly string[];

/** As functions/bootstrap/access.yml names them. Nobody at all: the domain's roles are left alone. */
export interface Members {
  /** Collectors: `bongsu_writer`. */
  readonly Writers?: Names;
  /** Ask which findings there are: `bongsu_reader`. */
  readonly Readers?: Names;
  /** `bongsu_analyst`. */
  readonly Analysts?: Names;
  /** `bongsu_auditor`. */
  readonly Auditors?: Names;
  /** `bongsu_admin`. */
  readonly Managers?: Names;
  /** May do everything, beside those who already may. The bootstrap's own role is one of them. */
  readonly Admins?: Names;
  /** See only documents of their accounts: a role `bongsu_team_<name>` each. */
  readonly Teams?: readonly Team[];
  /** Fields that people below administrators see as a hash, and those that they don't see. */
  readonly MaskedFields?: Names;
  readonly HiddenFields?: Names;
}

/** What a deployment names of them. In: properties of the custom resource. */
export const membersOf = (properties: Readonly<Record<string, unknown>>): Members =>
  Object.fromEntries(
    [...Object.values(ROLES), 'Admins', 'Teams', 'MaskedFields', 'HiddenFields'].flatMap((key) =>
      Array.isArray(properties[key]) ? [[key, properties[key]]] : [],
    ),
  );

export interface Team {
  readonly name: string;
  readonly accounts: Names;
  readonly members: Names;
}

const ROLES = {
  bongsu_writer: 'Writers',
  bongsu_reader: 'Readers',
  bongsu_analyst: 'Analysts',
  bongsu_auditor: 'Auditors',
  bongsu_admin: 'Managers',
} as const satisfies Readonly<Record<string, keyof Members>>;

const PEOPLE: Names = ['bongsu_analyst', 'bongsu_auditor'];

/** `always`: even where nobody has one. */
export function roleItems(members: Members, always = false): readonly Item[] {
  const { MaskedFields: _, HiddenFields: __, ...groups } = members;
  if (!always && Object.values(groups).every((each) => each.length === 0)) return [];
  const roles = new Map(
    filesOf('role').map(({ name, body }) => [name, PEOPLE.includes(name) ? narrowed(body, members) : body]),
  );
  const { Teams = [], Admins = [] } = members;
  const analyst = roles.get('bongsu_analyst')!;
  const teams = Teams.map((team) => [`bongsu_team_${team.name}`, ofTeam(analyst, team), team.members] as const);
  const own = Object.entries(ROLES).map(([name, key]) => [name, roles.get(name)!, members[key] ?? []] as const);
  return [
    ...filesOf('tenant').map((file) => ({ form: FORMS.tenant, ...file })),
    ...[...own, ...teams].flatMap(([name, body, names]) => [{ form: FORMS.role, name, body }, ...mapping(name, names)]),
    // whoever opens Dashboards needs its own indices, too
    ...mapping('kibana_user', peopleOf(members)),
    ...mapping('all_access', Admins),
  ];
}

export function security(members: Members, always = false): readonly Step[] {
  const items = roleItems(members, always);
  return items.length === 0 ? [] : [putting('roles', items, true)];
}

const peopleOf = ({ Analysts = [], Auditors = [], Managers = [], Teams = [] }: Members): Names => [
  ...new Set([...Analysts, ...Auditors, ...Managers, ...Teams.flatMap((team) => team.members)]),
];

interface Permission {
  readonly fls?: Names;
}

/** A role with masked and hidden fields. https://docs.opensearch.org/latest/security/access-control/field-masking/ */
const narrowed = (role: Content, { MaskedFields = [], HiddenFields = [] }: Members): Content => ({
  ...role,
  index_permissions: (role.index_permissions as readonly Permission[]).map((each) => ({
    ...each,
    fls: [...(each.fls ?? []), ...HiddenFields.map((field) => `~${field}`)],
    masked_fields: MaskedFields,
  })),
});

/** An analyst who sees the documents of some accounts. https://docs.opensearch.org/latest/security/access-control/document-level-security/ */
const ofTeam = (analyst: Content, { name, accounts }: Team): Content => ({
  ...analyst,
  description: `Reads what Bongsu has of the accounts of ${name}.`,
  index_permissions: (analyst.index_permissions as readonly Permission[]).map((each) => ({
    ...each,
    dls: JSON.stringify({ terms: { 'cloud.account.id': accounts } }),
  })),
});

const mapping = (name: string, members: Names): readonly Item[] =>
  members.length === 0
    ? []
    : [
        {
          form: FORMS.mapping,
          name,
          body: { description: `Bongsu: ${members.join(' ')}`, backend_roles: members.toSorted() },
        },
      ];
