/**
 * ISM policies: which state an index is in at which age. Built from the states in `opensearch/policy/tiers.json` and the
 * retention of each source; late and current indices have policies of their own, of a higher priority.
 * https://docs.opensearch.org/latest/im-plugin/ism/policies/
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ism.html
 */
import { ConfigError } from '../../shared/errors.ts';
import { filesOf } from './data.ts';
import { FORMS } from './forms.ts';
import type { Content, Item } from './item.ts';
import type { Retention, Retentions } from './retention.ts';

/** `ultrawarm`: warm and cold storage of Amazon OpenSearch Service. `hot`: there are hot nodes only. */
export type Tiers = 'ultrawarm' | 'hot';

export interface Lifecycle {
  readonly retentions: Retentions;
  readonly tiers: Tiers;
  /** Policies whose indices are of a month where the usual one is of a day. */
  readonly monthly?: readonly string[];
  /** Replicas of an index past the age `hot` without warm nodes. Undefined: as many as before. */
  readonly oldReplicas?: number | undefined;
}

/** The dated indices of each policy, and how many days an index has documents of. */
export const MANAGED: Readonly<Record<string, { readonly patterns: readonly string[]; readonly days: 1 | 31 }>> = {
  flowlogs: { patterns: ['aws-flowlogs-*'], days: 1 },
  cloudtrail: { patterns: ['aws-cloudtrail-*'], days: 1 },
  waf: { patterns: ['aws-waf-*'], days: 1 },
  dns: { patterns: ['aws-dns-*'], days: 1 },
  networkfirewall: { patterns: ['aws-networkfirewall-*'], days: 1 },
  s3access: { patterns: ['aws-s3access-*'], days: 1 },
  integrity: { patterns: ['aws-integrity-*'], days: 31 },
  findings: { patterns: ['aws-findings-history-*', 'aws-findings-copies-*'], days: 31 },
  assets: { patterns: ['aws-assets-changes-*'], days: 31 },
  endpoint: { patterns: ['endpoint-*'], days: 1 },
  alerts: { patterns: ['aws-alerts-*'], days: 31 },
  unrouted: { patterns: ['aws-unrouted-*'], days: 31 },
};
export const policyNames: readonly string[] = Object.keys(MANAGED);

// uncommon numbers: OpenSearch refuses a template whose patterns overlap another's of the same priority
const PRIORITY = 120;

interface State {
  readonly name: string;
  readonly actions: readonly Readonly<Record<string, unknown>>[];
  readonly transitions: readonly {
    readonly state_name: string;
    readonly conditions: Readonly<Record<string, unknown>>;
  }[];
}
export interface Policy {
  readonly description: string;
  readonly default_state: string;
  readonly ism_template: readonly { readonly index_patterns: readonly string[]; readonly priority: number }[];
  readonly states: readonly State[];
}

export function policyItems(lifecycle: Lifecycle): readonly Item[] {
  const files = new Map(filesOf('policy').map(({ name, body }) => [name, body]));
  const tiers = files.get('tiers') as unknown as Tierfile;
  const dated = policyNames.flatMap((name) => {
    const { usual, of } = lifecycle.retentions;
    const retention = Object.hasOwn(of, name) ? of[name] : usual;
    return retention === undefined ? [] : [item(name, policyOf(name, retention, lifecycle, tiers))];
  });
  // without them a pattern such as aws-* of somebody else's policy would take these, too
  return dated.length === 0 ? [] : [...['late', 'current'].map((name) => item(name, files.get(name)!)), ...dated];
}

const item = (name: string, body: object): Item => ({
  form: FORMS.policy,
  name: `bongsu-${name}`,
  body: body as Content,
});

type Tierfile = Readonly<Record<string, Pick<State, 'actions'>>>;

function policyOf(name: string, retention: Retention, lifecycle: Lifecycle, tiers: Tierfile): Policy {
  const { patterns, days: usual } = MANAGED[name];
  const days = lifecycle.monthly?.includes(name) ? 31 : usual;
  if (lifecycle.tiers === 'hot' && retention.cold !== undefined) {
    throw new ConfigError(`retention of ${name}: cold=${retention.cold}d needs UltraWarm and cold storage`);
  }
  const stages = stagesOf(retention, days, lifecycle);
  const last = stages.at(-1)!.tier === 'cold' ? 'delete_cold' : 'delete';
  const all = [...stages, { tier: last, from: endOf(retention) + days }];
  return {
    description: `${textOf(retention)} (${lifecycle.tiers})`,
    default_state: 'hot',
    ism_template: [{ index_patterns: patterns, priority: PRIORITY }],
    states: all.map(({ tier }, at) => ({
      name: tier,
      actions: actionsOf(tier, tiers, lifecycle),
      transitions:
        at + 1 < all.length
          ? [{ state_name: all[at + 1].tier, conditions: { min_index_age: `${all[at + 1].from}d` } }]
          : [],
    })),
  };
}

interface Stage {
  readonly tier: string;
  /** Age of the index in days. */
  readonly from: number;
}

/** An index is as old as its first document: a day or a month is added, so that its last one stays as long, too. */
function stagesOf({ hot, warm, cold }: Retention, days: number, { tiers, oldReplicas }: Lifecycle): readonly Stage[] {
  const isWarm = tiers === 'ultrawarm';
  const merged = days + 1; // a day after its last document: later ones go to the index for late events
  return [
    { tier: 'hot', from: 0 },
    ...(merged < hot + days ? [{ tier: 'merged', from: merged }] : []),
    ...(warm !== undefined && isWarm ? [{ tier: 'warm', from: hot + days }] : []),
    ...(warm !== undefined && !isWarm && oldReplicas !== undefined
      ? [{ tier: 'fewer_replicas', from: hot + days }]
      : []),
    ...(cold !== undefined ? [{ tier: 'cold', from: (warm ?? hot) + days }] : []),
  ];
}

const endOf = ({ hot, warm, cold }: Retention): number => cold ?? warm ?? hot;

const actionsOf = (tier: string, tiers: Tierfile, { oldReplicas }: Lifecycle): State['actions'] =>
  tier === 'fewer_replicas'
    ? tiers[tier].actions.map((action) => ({ ...action, replica_count: { number_of_replicas: oldReplicas } }))
    : tiers[tier].actions;

const textOf = (retention: Retention): string =>
  Object.entries(retention)
    .map(([tier, days]) => `${tier}=${days}d`)
    .join(',');
