/**
 * Systems Manager lists EC2 instances a second time, under the same `i-…`. What it says of one becomes attributes of the
 * instance. Only a machine from elsewhere (`mi-…`) is an asset of its own.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html
 */
import { isViewOfInstance, type Status } from '../../../shared/asset/model.ts';
import type { Gap, Seen } from './record.ts';

export const INSTANCE = 'AWS::EC2::Instance';
const VIEW = 'AWS::SSM::ManagedInstance';
const ACTION = 'ssm:DescribeInstanceInformation';

/** Systems Manager's attribute, and the instance's. */
const ATTRIBUTES = {
  agent: 'ssmAgent',
  latestAgent: 'ssmLatestAgent',
  platform: 'ssmPlatform',
  missingPatches: 'missingPatches',
  failedPatches: 'failedPatches',
} as const;
const FILLS = Object.values(ATTRIBUTES).map((name) => `security.${name}`);

/** Not a proof that an instance has no agent. */
const OPEN: ReadonlySet<Status> = new Set<Status>([
  'partial',
  'truncated',
  'denied',
  'scp_denied',
  'throttled',
  'timeout',
  'error',
  'not_run',
]);

/** Moves what Systems Manager says to the instances. Where it could not be asked, they keep what was known before. */
export function withSystemsManager(all: readonly Seen[], status: Status, code: string = status): readonly Seen[] {
  const views = new Map(all.filter(isViewOfInstance).map((view) => [view.nativeId, view]));
  const gap: Gap = { action: ACTION, code, status, fills: FILLS };
  return all
    .filter((each) => !isViewOfInstance(each))
    .map((each) => {
      if (each.type !== INSTANCE) return each;
      const view = views.get(each.nativeId);
      if (view !== undefined) return joined(each, view);
      return OPEN.has(status) ? { ...each, missed: [...each.missed, gap] } : each;
    });
}

function joined(instance: Seen, view: Seen): Seen {
  const attributes = Object.entries(ATTRIBUTES)
    .filter(([name]) => view.security[name] !== undefined)
    .map(([name, own]) => [own, view.security[name]] as const);
  const missed = view.missed.map((gap): Gap => ({ ...gap, fills: gap.fills.filter((path) => FILLS.includes(path)) }));
  const volatile = view.volatile === undefined ? {} : { volatile: { ...instance.volatile, ssm: view.volatile } };
  return {
    ...instance,
    security: { ...instance.security, ...Object.fromEntries(attributes) },
    ...volatile,
    missed: [...instance.missed, ...missed],
  };
}

/** An instance that was looked up alone: Systems Manager was not asked, so what it said before stays. */
export const unasked = (seen: Seen): Seen => withSystemsManager([seen], 'not_run')[0] ?? seen;

export const systemsManagerStatus = (
  rows: readonly { readonly type: string; readonly status: Status; readonly code?: string }[],
): { readonly status: Status; readonly code?: string | undefined } =>
  rows.find(({ type }) => type === VIEW) ?? rows.find(({ type }) => type === '*') ?? { status: 'not_applicable' };
