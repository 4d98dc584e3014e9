/** All dashboards, in the order of the app's menu. */
import { assets } from './assets.ts';
import { collectors } from './collectors.ts';
import { findings } from './findings.ts';
import { identity } from './identity.ts';
import type { Dashboard } from './model.ts';
import { network } from './network.ts';
import { overview } from './overview.ts';
import { vulnerabilities } from './vulnerabilities.ts';
import { waf } from './waf.ts';

export const dashboards: readonly Dashboard[] = [
  overview,
  findings,
  waf,
  network,
  identity,
  assets,
  vulnerabilities,
  collectors,
];
