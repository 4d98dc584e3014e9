/** A detection's search: the events, what is added to them, what is counted, what an alert shows. */
import { fieldFor } from './correlation.ts';
import type { Correlation, Detection, Rule } from './model.ts';
import { type Fields, fieldsOf } from './resolve.ts';
import { additionFor, searchOf } from './spl.ts';
import { EVERY_MINUTES, LATE_MINUTES, WINDOW_MINUTES } from './window.ts';

export interface Pipeline {
  readonly search: string;
  /** Fields that distinguish two alerts. */
  readonly key: readonly string[];
}

/** Throws Error. */
export const pipelineOf = (detection: Detection): Pipeline =>
  detection.kind === 'rule' ? single(detection) : correlated(detection);

const quoted = (name: string): string => (/^\w+$/.test(name) ? name : `"${name}"`);
const evaled = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`);
const lines = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n| ');

/** The first command: which events, by when they were indexed. */
function base(rule: Rule, minutes: number): readonly string[] {
  const fields = fieldsOf(rule.logsource);
  const { terms, commands } = searchOf(rule.match, fields);
  const window = `_index_earliest=-${minutes}m@m _index_latest=now`;
  return [`\`bongsu_${rule.logsource.service}\` ${window} ${terms}`.trimEnd(), ...commands];
}

function single(rule: Rule): Pipeline {
  const fields = fieldsOf(rule.logsource);
  const { place } = fields;
  const per = (rule.per.length > 0 ? rule.per : place.per).map((raw) => fields.splunk(raw));
  const shown = [...new Set([...place.fields, ...rule.fields])].map((raw) => fields.splunk(raw));
  const extra = place.splunk.assets?.asset !== undefined && !hasAsset(rule) ? [additionFor('asset.owner', fields)] : [];
  const table = ['_time', 'event_id', ...new Set([...per, ...shown]), 'what', 'who', 'account', 'asset', 'owner'];
  const search = lines(
    ...base(rule, WINDOW_MINUTES),
    'dedup event_id',
    ...extra,
    described(fields, rule),
    `table ${table.map(quoted).join(' ')}`,
  );
  return { search, key: rule.per.length > 0 || place.per[0] !== 'eventID' ? per : ['event_id'] };
}

const hasAsset = (rule: Rule): boolean => JSON.stringify(rule.match).includes('"asset.');

/** The words of a title and of risk: by source, from fields of Splunk. */
function described({ place }: Fields, rule: Rule): string {
  const { what, who, account } = WORDS[place.service] ?? WORDS.cloudtrail;
  const owners = Object.keys(place.splunk.assets ?? {});
  const each = (member: string) => owners.map((prefix) => `'${prefix}.${member}'`);
  const own =
    place.service === 'asset'
      ? ["'asset.owner.value'"]
      : place.service === 'asset_change'
        ? ["'change.asset.owner'"]
        : [];
  const owner = [...own, ...each('owner'), '"unknown"'];
  const asset = [...each('id'), what];
  const label = rule.title.replaceAll('"', "'");
  return `eval rule="${label}", what=${what}, who=${who}, account=${account}, asset=coalesce(${asset.join(', ')}), owner=coalesce(${owner.join(', ')})`;
}

interface Words {
  readonly what: string;
  readonly who: string;
  readonly account: string;
}

const words = (what: string, who: string, account: string): Words => ({ what, who, account });

const WORDS: Readonly<Record<string, Words>> = {
  cloudtrail: words(
    'eventName',
    "coalesce('userIdentity.arn', 'userIdentity.invokedBy', \"unknown\")",
    'recipientAccountId',
  ),
  vpcflow: words('src_ip." to ".dest_ip', 'src_ip', 'vendor_account'),
  route53resolver: words('query_name', 'srcaddr', 'account_id'),
  waf: words('terminatingRuleId', "'httpRequest.clientIp'", 'mvindex(split(webaclId, ":"), 4)'),
  networkfirewall: words(
    "coalesce('event.alert.signature', 'event.event_type')",
    "'event.src_ip'",
    'coalesce(mvindex(split(source, "/"), 4), "unknown")',
  ),
  s3access: words('operation." of ".bucket', 'requester', 'bucket_owner'),
  guardduty: words(
    "'detail.type'",
    'coalesce(\'detail.resource.accessKeyDetails.userName\', "unknown")',
    "'detail.accountId'",
  ),
  securityhub: words('Title', '"unknown"', 'AwsAccountId'),
  inspector: words("'detail.title'", '"unknown"', "'detail.awsAccountId'"),
  macie: words("'detail.title'", '"unknown"', "'detail.accountId'"),
  asset: words("'asset.id'", '"unknown"', "'asset.account.id'"),
  asset_change: words("'change.asset.id'", 'coalesce(\'change.actor.arn\', "unknown")', "'change.asset.account.id'"),
  asset_coverage: words("'row.scope'", '"unknown"', "'row.account'"),
  integrity: words('message', '"unknown"', 'account'),
  eventlog: words(
    'Channel." ".EventID." on ".Computer',
    'coalesce(SubjectUserName, TargetUserName, User, "unknown")',
    '"unknown"',
  ),
};

function correlated(correlation: Correlation): Pipeline {
  const { rules, seconds, groupBy } = correlation;
  const minutes = Math.ceil(seconds / 60) + LATE_MINUTES + EVERY_MINUTES;
  const isSingle = rules.length === 1;
  const keyOf = (name: string) => fieldsOf(rules[0].logsource).splunk(fieldFor(correlation, name, rules[0].name));
  const by = groupBy.map((name, at) => (isSingle ? keyOf(name) : `key_${at}`));
  const start = isSingle ? events(rules[0], correlation, minutes) : several(correlation, minutes);
  const [counted, where] = COUNTS[correlation.type](correlation, by);
  const search = lines(
    ...start,
    'dedup event_id',
    'sort 0 _time',
    `streamstats time_window=${seconds}s ${counted} BY ${by.map(quoted).join(' ')}`,
    `where ${where}`,
    `stats min(_time) AS _time max(_time) AS until max(bongsu_count) AS count values(what) AS what values(who) AS who values(account) AS account values(asset) AS asset values(owner) AS owner BY ${by.map(quoted).join(' ')}`,
    `eval rule="${correlation.title.replaceAll('"', "'")}"`,
  );
  return { search, key: by };
}

/** One rule's events with the words that alerts show. */
function events(rule: Rule, correlation: Correlation, minutes: number): readonly string[] {
  const fields = fieldsOf(rule.logsource);
  const wanted = [...correlation.groupBy.map((name) => fieldFor(correlation, name, rule.name)), correlation.field];
  const added = wanted.filter(fields.isAdded).map((field) => additionFor(field, fields));
  const [first, ...more] = base(rule, minutes);
  return [first, ...more, ...added.filter((each) => !more.includes(each)), described(fields, rule)];
}

function several(correlation: Correlation, minutes: number): readonly string[] {
  const searches = correlation.rules.map((rule, number) => {
    const fields = fieldsOf(rule.logsource);
    const keys = correlation.groupBy.map(
      (name, at) => `key_${at}=${evaled(fields.splunk(fieldFor(correlation, name, rule.name)))}`,
    );
    const parts = [...events(rule, correlation, minutes), `eval ${keys.join(', ')}, bongsu_rule=${number}`];
    return `[search ${parts.join(' | ')}]`;
  });
  return [`| multisearch ${searches.join(' ')}`];
}

type Count = (correlation: Correlation, by: readonly string[]) => readonly [counted: string, where: string];
const SIGNS = { gt: '>', gte: '>=', eq: '==', lt: '<', lte: '<=' } as const;
const reached = ({ operator, count }: Correlation): string => `bongsu_count${SIGNS[operator]}${count}`;

const COUNTS: Readonly<Record<Correlation['type'], Count>> = {
  event_count: (correlation) => ['count AS bongsu_count', reached(correlation)],
  value_count(correlation) {
    const { field, rules } = correlation;
    return [`dc(${quoted(fieldsOf(rules[0].logsource).splunk(field))}) AS bongsu_count`, reached(correlation)];
  },
  temporal: (correlation) => ['dc(bongsu_rule) AS bongsu_count', reached(correlation)],
  temporal_ordered: () => [
    'count AS bongsu_count min(eval(if(bongsu_rule=0, _time, null()))) AS bongsu_first',
    'bongsu_rule=1 AND isnotnull(bongsu_first)',
  ],
};
