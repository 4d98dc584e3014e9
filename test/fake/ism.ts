/**
 * Index State Management as far as the bootstrap uses it: its plugin is published nowhere that a test could get it from. A PUT
 * needs the sequence number of what it replaces, unknown members are refused, and an index keeps the version that it was given.
 * https://docs.opensearch.org/latest/im-plugin/ism/policies/ · https://docs.opensearch.org/latest/im-plugin/ism/api/
 */
import type { Api } from '../../functions/bootstrap/api.ts';
import { DeliveryError } from '../../shared/errors.ts';

export interface Policy {
  readonly description?: string;
  readonly default_state: string;
  readonly ism_template?: readonly { readonly index_patterns: readonly string[]; readonly priority: number }[];
  readonly states: readonly {
    readonly name: string;
    readonly actions: readonly Readonly<Record<string, unknown>>[];
    readonly transitions: readonly {
      readonly state_name: string;
      readonly conditions?: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

/** Members of each action: required ones end in `!`. The last three are Amazon OpenSearch Service's own. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  force_merge: ['max_num_segments!'],
  read_only: [],
  read_write: [],
  replica_count: ['number_of_replicas!'],
  index_priority: ['priority!'],
  open: [],
  close: [],
  delete: [],
  rollover: ['min_size', 'min_doc_count', 'min_index_age', 'min_primary_shard_size', 'copy_alias'],
  snapshot: ['repository!', 'snapshot!'],
  allocation: ['require', 'include', 'exclude', 'wait_for'],
  warm_migration: [],
  cold_migration: ['timestamp_field!', 'start_time', 'end_time', 'ignore'],
  cold_delete: [],
};
const CONDITIONS = ['min_index_age', 'min_doc_count', 'min_size', 'min_rollover_age', 'cron'];
const AGE = /^\d+(d|h|m|s|ms)$/;

const only = (where: string, value: object, names: readonly string[]): readonly string[] =>
  Object.keys(value)
    .filter((name) => !names.includes(name))
    .map((name) => `Invalid field: [${name}] found in ${where}.`);

/** What the plugin would refuse in a policy. */
export function faultsOf({ default_state, states, ...rest }: Policy): readonly string[] {
  const names = states.map(({ name }) => name);
  return [
    ...only('Policy', rest, ['description', 'ism_template', 'error_notification']),
    ...(names.includes(default_state) ? [] : [`Policy must have a default state: ${default_state}`]),
    ...(new Set(names).size === names.length ? [] : ['States must have unique names']),
    ...states.flatMap((state) => [
      ...only('State', state, ['name', 'actions', 'transitions']),
      ...state.actions.flatMap(actionFaults),
      ...state.transitions.flatMap(({ state_name, conditions = {} }) => [
        ...(names.includes(state_name) ? [] : [`Transitions point to a missing state: ${state_name}`]),
        ...only('Conditions', conditions, CONDITIONS),
        ...(Object.keys(conditions).length > 1 ? ['Cannot provide more than one Transition condition'] : []),
        ...('min_index_age' in conditions && !AGE.test(String(conditions.min_index_age))
          ? ['failed to parse age']
          : []),
      ]),
    ]),
  ];
}

function actionFaults(action: Readonly<Record<string, unknown>>): readonly string[] {
  const { retry, timeout, ...own } = action;
  const [[name, members = {}] = ['nothing', {}], ...more] = Object.entries(own);
  const known = ACTIONS[name];
  if (known === undefined || more.length > 0) return [`Invalid field: [${name}] found in Actions.`];
  return [
    ...only(
      name,
      members as object,
      known.map((each) => each.replace('!', '')),
    ),
    ...known
      .filter((each) => each.endsWith('!') && !(each.slice(0, -1) in (members as object)))
      .map((each) => `${name} must contain ${each.slice(0, -1)}`),
    ...(retry === undefined ? [] : only('ActionRetry', retry as object, ['count', 'backoff', 'delay'])),
    ...(timeout === undefined || AGE.test(String(timeout)) ? [] : ['failed to parse timeout']),
  ];
}

interface Stored {
  policy: Policy;
  seq: number;
}

export interface Managed {
  policy_id: string;
  policy_seq_no: number;
  state: { name: string };
}

export interface Ism {
  readonly api: Api;
  readonly policies: Map<string, Stored>;
  /** Managed ones by name; undefined: an index that nothing manages. */
  readonly indices: Map<string, Managed | undefined>;
  /** Everything but GET, as `PUT /…`. */
  readonly changes: string[];
}

export function startIsm(): Ism {
  const policies: Ism['policies'] = new Map();
  const indices: Ism['indices'] = new Map();
  const changes: string[] = [];
  let seq = 0;

  function put(name: string, { policy }: { policy: Policy }, query: Readonly<Record<string, string>> = {}): object {
    const before = policies.get(name);
    if (before !== undefined && query.if_seq_no !== String(before.seq)) throw refusal(409, 'version conflict');
    const faults = faultsOf(policy);
    if (faults.length > 0) throw refusal(400, faults[0]);
    const patterns = (policy.ism_template ?? []).flatMap(({ index_patterns }) => index_patterns);
    for (const { priority } of policy.ism_template ?? []) {
      const rival = [...policies].find(([id, { policy: other }]) => id !== name && overlaps(other, priority, patterns));
      if (rival !== undefined)
        throw refusal(
          400,
          `new policy ${name} has an ism template that matches existing policy ${rival[0]}, please use a different priority than ${priority}`,
        );
    }
    policies.set(name, { policy, seq: ++seq });
    return { _id: name, _seq_no: seq };
  }

  function given(verb: string, index: string, id: string): object {
    const stored = policies.get(id);
    if (stored === undefined) throw refusal(404, `Could not find policy=${id}`);
    const before = indices.get(index);
    const failed = (reason: string) => ({ failures: true, failed_indices: [{ index_name: index, reason }] });
    if (verb === 'add' && before !== undefined)
      return failed('This index already has a policy, use the update policy API');
    if (verb === 'change_policy' && before === undefined) return failed('This index is not being managed');
    indices.set(index, {
      policy_id: id,
      policy_seq_no: stored.seq,
      state: before?.state ?? { name: stored.policy.default_state },
    });
    return { updated_indices: 1, failures: false, failed_indices: [] };
  }

  const api: Api = async ({ method, path, query, body }) => {
    const [, , , kind, rest = ''] = path.split('/');
    const name = decodeURIComponent(rest);
    if (method !== 'GET') changes.push(`${method} ${decodeURIComponent(path)}`);
    if (kind === 'policies' && method === 'PUT') return put(name, body as { policy: Policy }, query);
    if (kind === 'policies') return found(policies.get(name), name);
    if (kind === 'explain') return explained(indices, name.split(','));
    return given(kind, name, (body as { policy_id: string }).policy_id);
  };
  return { api, policies, indices, changes };
}

const refusal = (status: number, reason: string) => new DeliveryError(reason, { status });

/** As the plugin gives it back, with what it adds. */
const found = (stored: Stored | undefined, policy_id: string): object | undefined =>
  stored && {
    _seq_no: stored.seq,
    _primary_term: 1,
    policy: {
      policy_id,
      schema_version: 21,
      last_updated_time: 1_700_000_000_000,
      error_notification: null,
      ...stored.policy,
      ism_template: stored.policy.ism_template?.map((each) => ({ ...each, last_updated_time: 1_700_000_000_000 })),
    },
  };

export const matches = (pattern: string, index: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(index);

function explained(indices: Ism['indices'], patterns: readonly string[]): object {
  const fitting = [...indices].filter(([index]) => patterns.some((pattern) => matches(pattern, index)));
  return {
    ...Object.fromEntries(fitting.map(([index, managed]) => [index, { index, policy_id: null, ...managed }])),
    total_managed_indices: fitting.filter(([, managed]) => managed !== undefined).length,
  };
}

const overlaps = ({ ism_template = [] }: Policy, priority: number, patterns: readonly string[]): boolean =>
  ism_template.some(
    (each) =>
      each.priority === priority &&
      each.index_patterns.some((one) =>
        patterns.some((other) => matches(one, other.replaceAll('*', 'x')) || matches(other, one.replaceAll('*', 'x'))),
      ),
  );
