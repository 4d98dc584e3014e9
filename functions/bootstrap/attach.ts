/**
 * Policies and the indices that exist. A template of a policy is for indices made later: older ones are attached here. An index
 * keeps the version of the policy that it was attached with: those with an older one are changed over. Indices that somebody
 * else's policy manages are left to it.
 * https://docs.opensearch.org/latest/im-plugin/ism/api/
 */
import { messageOf } from '../../shared/errors.ts';
import type { Api } from './api.ts';
import type { Change, Item } from './item.ts';
import type { Policy } from './policies.ts';
import type { Step } from './steps.ts';

const ISM = '/_plugins/_ism';

interface Explained {
  readonly policy_id?: string | null;
  readonly policy_seq_no?: number | null;
  readonly state?: { readonly name: string } | null;
}

export const attaching = (items: readonly Item[]): Step => ({
  name: 'policies of existing indices',
  async run(api, { plan = false }) {
    const changes: Change[] = [];
    const seen = new Set<string>();
    // those of a higher priority come first and keep what they match
    for (const each of items) changes.push(...(await attachTo(each, { api, plan, seen })));
    return changes;
  },
});

interface Run {
  readonly api: Api;
  readonly plan: boolean;
  /** Indices that a policy before this one matches. */
  readonly seen: Set<string>;
}

async function attachTo({ name, body }: Item, { api, plan, seen }: Run): Promise<readonly Change[]> {
  const policy = body as unknown as Policy;
  const put = (await api({ method: 'GET', path: `${ISM}/policies/${name}` })) as { _seq_no: number } | undefined;
  const patterns = policy.ism_template.flatMap(({ index_patterns }) => index_patterns).join(',');
  const answer = (await api({ method: 'GET', path: `${ISM}/explain/${encodeURIComponent(patterns)}` })) ?? {};
  const found = Object.entries(answer as Readonly<Record<string, Explained>>).filter(
    ([index, value]) => typeof value === 'object' && !seen.has(index),
  );
  const changes: Change[] = [];
  for (const [index, { policy_id: by, policy_seq_no: version, state }] of found) {
    seen.add(index);
    const isUnmanaged = by === null || by === undefined;
    if (!isUnmanaged && (!by.startsWith('bongsu-') || (by === name && version === put?._seq_no))) continue;
    const object = `index ${index}`;
    const paths = [isUnmanaged ? name : `${by} → ${name}`];
    const isLost =
      !isUnmanaged && state !== null && state !== undefined && !policy.states.some((each) => each.name === state.name);
    if (isLost) {
      changes.push({
        action: 'refused',
        object,
        reason: `it is in the state ${state.name}, which ${name} does not have`,
      });
      continue;
    }
    changes.push({ action: isUnmanaged ? 'create' : 'update', object, paths });
    if (plan) continue;
    const verb = isUnmanaged ? 'add' : 'change_policy';
    const refused = await posted(api, `${ISM}/${verb}/${encodeURIComponent(index)}`, name);
    if (refused !== undefined) changes.splice(-1, 1, { action: 'refused', object, reason: refused });
  }
  return changes;
}

interface Outcome {
  readonly failures?: boolean;
  readonly failed_indices?: readonly { readonly reason: string }[];
}

/** Why the index was refused; undefined where it was taken. Failures have the status 200. */
async function posted(api: Api, path: string, policy_id: string): Promise<string | undefined> {
  try {
    const { failures, failed_indices = [] } = (await api({ method: 'POST', path, body: { policy_id } })) as Outcome;
    return failures ? failed_indices.map(({ reason }) => reason).join(', ') : undefined;
  } catch (error) {
    return messageOf(error);
  }
}
