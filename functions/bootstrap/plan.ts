/** Which steps the bootstrap has, in their order: each relies on those before it. */

import { attaching } from './attach.ts';
import { auditing } from './audit.ts';
import { type DashboardOptions, dashboards } from './dashboards.ts';
import { engineOf, forEngine } from './engine.ts';
import type { Item } from './item.ts';
import { type MonitorOptions, monitors } from './monitors.ts';
import { type Lifecycle, policyItems } from './policies.ts';
import { type Members, security } from './roles.ts';
import { putting, type Step } from './steps.ts';
import { type Sizes, templateItems } from './templates.ts';

export interface Plan {
  readonly sizes: Sizes;
  /** Undefined: indices are left alone. */
  readonly lifecycle?: Lifecycle | undefined;
  /** Who gets which role. */
  readonly members: Members;
  /** Roles even where nobody has one. */
  readonly withRoles?: boolean;
  /** A domain that the stack made: nobody else sets up its audit log. */
  readonly isOwn?: boolean;
  /** Undefined: OpenSearch Dashboards is not known. */
  readonly dashboards?: DashboardOptions | undefined;
  /** Undefined: detections are off. */
  readonly monitors?: MonitorOptions | undefined;
}

export function plannedSteps({
  sizes,
  lifecycle,
  members,
  withRoles = false,
  isOwn = false,
  dashboards: of,
  monitors: alerting,
}: Plan): readonly Step[] {
  const { pipelines, templates } = templateItems(sizes);
  const policies = lifecycle === undefined ? [] : policyItems(lifecycle);
  return [
    putting('ingest pipelines', pipelines, true),
    fitting(templates),
    ...(policies.length === 0 ? [] : [putting('policies', policies), attaching(policies)]),
    ...security(members, withRoles),
    ...(isOwn ? [auditing] : []),
    ...(of === undefined ? [] : [dashboards(of)]),
    ...(alerting === undefined ? [] : [monitors(alerting)]),
  ];
}

/** Templates as this engine takes them. */
const fitting = (templates: readonly Item[]): Step => ({
  name: 'templates',
  isRequired: true,
  async run(api, options) {
    const version = await engineOf(api);
    const known = templates.map((item) => ({ ...item, body: forEngine(item.body, version) }));
    return await putting('templates', known, true).run(api, options);
  },
});
