/** Facts of a record that nothing is known of yet. */
import type { Facts } from '../model.ts';

export const blank = (): Facts => ({
  id: '',
  time: 0,
  severity: undefined,
  outcome: undefined,
  detected: false,
  current: '',
  version: 0,
  about: '',
  archived: false,
  copy: false,
  account: '',
  region: '',
  product: '',
  workflow: '',
  sourcetype: '',
  part: '',
  host: '',
  splunkSource: '',
  columns: '',
  dropped: false,
  patches: undefined,
  indicator: '',
  threatList: '',
});

/** The same once more, without another object. */
export function clear(facts: Facts): void {
  facts.id = '';
  facts.time = 0;
  facts.severity = undefined;
  facts.outcome = undefined;
  facts.detected = false;
  facts.current = '';
  facts.version = 0;
  facts.about = '';
  facts.archived = false;
  facts.copy = false;
  facts.account = '';
  facts.region = '';
  facts.product = '';
  facts.workflow = '';
  facts.sourcetype = '';
  facts.part = '';
  facts.host = '';
  facts.splunkSource = '';
  facts.columns = '';
  facts.dropped = false;
  facts.patches = undefined;
  facts.indicator = '';
  facts.threatList = '';
}
