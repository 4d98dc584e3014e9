/** Rows of every panel, by dashboard and panel. */
import { assetRows, internetFacing } from './assets.ts';
import { findingsRows, overviewRows, vulnerabilityRows } from './findings.ts';
import { collectorRows, identityRows, networkRows, wafRows } from './logs.ts';
import { events, type Row } from './table.ts';

export async function allRows(): Promise<Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>>> {
  const all = await events();
  return {
    overview: overviewRows(all, internetFacing.length),
    findings: findingsRows(all),
    waf: wafRows(all),
    network: networkRows(all),
    identity: identityRows(all),
    assets: assetRows(),
    vulnerabilities: vulnerabilityRows(all),
    collectors: collectorRows(all),
  };
}
