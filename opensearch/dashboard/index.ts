/** All dashboards, in the order of the menu. */
import { alerts } from './alerts.ts';
import { assets } from './assets.ts';
import { cloudtrail } from './cloudtrail.ts';
import { collectors } from './collectors.ts';
import { compliance } from './compliance.ts';
import { data } from './data.ts';
import { dns } from './dns.ts';
import { exposure } from './exposure.ts';
import { findings } from './findings.ts';
import { identity } from './identity.ts';
import type { Dashboard } from './model.ts';
import { network } from './network.ts';
import { networkfirewall } from './networkfirewall.ts';
import { overview } from './overview.ts';
import { s3access } from './s3access.ts';
import { vulnerabilities } from './vulnerabilities.ts';
import { waf } from './waf.ts';

export const dashboards: readonly Dashboard[] = [
  overview,
  alerts,
  findings,
  compliance,
  vulnerabilities,
  identity,
  cloudtrail,
  network,
  dns,
  waf,
  data,
  assets,
  exposure,
  networkfirewall,
  s3access,
  collectors,
];
