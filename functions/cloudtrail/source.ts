/**
 * CloudTrail events in S3: S3 → SQS → OpenSearch. Management, data, Insight and network activity events of any trail: what a
 * record is stands in the record, not in the object's key.
 * In: `{"Records":[…]}`, or records one after another. Digests are refused: they tell of log files, not of events.
 * The event that a member's trail and one of its organization both log has one id.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT } from '../../shared/decode/members.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { finder } from '../../shared/enrich/finder.ts';
import type { Places } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Outcome, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { type Literal, literal } from '../../shared/text/text.ts';
import { accountMemberCasts, accountRows } from '../../shared/transform/accounts.ts';
import { override } from '../../shared/transform/columns.ts';
import { asAsset, memberCasts, withAsset } from '../../shared/transform/membercasts.ts';
import { compile, type Emit, each, type Field, type MemberMap, remembering } from '../../shared/transform/members.ts';
import { ASSETS, called, Resources } from './assets.ts';
import { deriver, PATHS, startsWith } from './derived.ts';
import { classify } from './events.ts';
import { FIELDS, RESOURCE } from './fields.ts';

/** What becomes of the calls that the collector makes itself, by roles whose names begin with one of these. */
export interface Own {
  readonly rolePrefixes: readonly string[];
  readonly action: 'label' | 'drop';
}

export interface CloudtrailOptions {
  readonly places: Pick<Places, 'members'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  readonly own?: Own | undefined;
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function cloudtrail({ places, assets, route, fields = [], own }: CloudtrailOptions): Source<Bytes> {
  let event: Rendered;
  let outcome: Outcome | undefined;
  let isOwn = false;
  const common = memberCasts(places);
  const arns = new Resources();
  const map = compile(
    override(FIELDS, assets === undefined ? fields : [...ASSET_ROWS, ...fields]),
    {
      ...common,
      ...(assets && {
        ...accountMemberCasts(assets),
        place: withAsset(common.place, (time) => call?.origin(time)),
        subject: asAsset((time) => call?.subject(time)),
        principal: asAsset((time) => call?.principal(time)),
      }),
      resources: each(RESOURCE),
      kind: (_members, _slots, key, doc) => put(doc, key, event.kind),
      category: (_members, _slots, key, doc) => put(doc, key, event.category),
      type: (_members, _slots, key, doc) => put(doc, key, event.type),
      outcome: (_members, _slots, key, doc) => outcome !== undefined && put(doc, key, OUTCOMES[outcome]),
      own: (_members, _slots, key, doc) => isOwn && put(doc, key, COLLECTOR),
    },
    [...PATHS, ...KIND, ...RESULTS, ...ID, ISSUER, DIGEST, ...(assets ? ASSETS : [])],
    assets && { resources: arns },
  );
  const { members } = map;
  const call = assets && called(map, arns, finder(assets, members));
  const derive = deriver(map);
  const eventOf = classifier(map);
  const outcomeOf = judge(map);
  const idOf = identifier(map);
  const [issuer, digest] = [ISSUER, DIGEST].map(map.slot);
  const isOwnCall = (rolePrefixes: readonly string[]) =>
    members.kinds[issuer] !== ABSENT &&
    rolePrefixes.some((each) => startsWith(members.bytes, members.starts[issuer], members.ends[issuer], each));

  return {
    ...streamOf('cloudtrail'),
    decode: refreshing(assets, json({ member: 'Records', probe: (from) => members.probe(from) })),
    write(record, { uri }, doc, facts) {
      members.find(record);
      if (members.kinds[digest] !== ABSENT) throw new DecodeError('a digest of log files is no log file', { uri });
      derive();
      event = eventOf();
      outcome = outcomeOf();
      isOwn = own !== undefined && isOwnCall(own.rolePrefixes);
      facts.time = Number.NaN;
      map.write(doc, facts);
      if (Number.isNaN(facts.time)) throw new DecodeError('eventTime is no date', { field: 'eventTime' });
      facts.id = idOf();
      facts.outcome = outcome;
      return true;
    },
    raw: (record) => record,
    route: () => (isOwn && own?.action === 'drop' ? [] : route),
  };
}

const ASSET_ROWS: readonly Field[] = [
  ...accountRows('recipientAccountId'),
  ['asset', [], 'subject'],
  ['user.asset', [], 'principal'],
];

const ISSUER = 'userIdentity.sessionContext.sessionIssuer.userName';

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html */
const DIGEST = 'digestStartTime';

const COLLECTOR = literal('["collector"],');
const OUTCOMES: Readonly<Record<Outcome, Literal>> = {
  success: literal('"success",'),
  failure: literal('"failure",'),
  unknown: literal('"unknown",'),
};

function put(doc: Parameters<Emit>[3], key: Literal, value: Literal): void {
  doc.literal(key);
  doc.literal(value);
}

const ID = ['eventID', 'recipientAccountId'];

function identifier({ members, slot }: MemberMap): () => string {
  const [event, account] = ID.map(slot);
  return () => {
    const id = members.text(event);
    return id === undefined || id === '' ? '' : `${id}/${members.text(account) ?? ''}`;
  };
}

/** Sign-in events say in one of these that they failed, others by having an error. */
const RESULTS = [
  'errorCode',
  'errorMessage',
  'insightDetails',
  'responseElements.ConsoleLogin',
  'responseElements.CheckMfa',
  'responseElements.SwitchRole',
  'responseElements.ExitRole',
  'responseElements.RenewRole',
  'serviceEventDetails.UserAuthentication',
  'serviceEventDetails.CredentialChallenge',
  'serviceEventDetails.CredentialVerification',
  'serviceEventDetails.Federate',
];

/** An Insight event has no outcome. */
function judge({ members, slot }: MemberMap): () => Outcome | undefined {
  const [code, message, insight, ...results] = RESULTS.map(slot);
  const { kinds, starts, ends } = members;
  return () => {
    if (kinds[insight] !== ABSENT) return undefined;
    if (kinds[code] !== ABSENT || kinds[message] !== ABSENT) return 'failure';
    const isFailed = (at: number) => kinds[at] !== ABSENT && startsWith(members.bytes, starts[at], ends[at], 'Failure');
    for (let i = 0; i < results.length; i++) if (isFailed(results[i])) return 'failure';
    return 'success';
  };
}

const KIND = [
  'derived.service',
  'eventName',
  'readOnly',
  'eventCategory',
  'eventType',
  'insightDetails.state',
  'errorCode',
];

interface Rendered {
  readonly kind: Literal;
  readonly category: Literal;
  readonly type: Literal;
}

function classifier({ members, slot }: MemberMap): () => Rendered {
  const slots = KIND.map(slot);
  return remembering(members, slots, () => {
    const [service, name, readOnly, category, type, state, errorCode] = slots.map((each) => members.text(each) ?? '');
    const { kind, categories, types } = classify({ service, name, readOnly, category, type, state, errorCode });
    return {
      kind: literal(`"${kind}",`),
      category: literal(`${JSON.stringify(categories)},`),
      type: literal(`${JSON.stringify(types)},`),
    };
  });
}
