/**
 * CloudTrail events in S3: S3 → SQS → OpenSearch. Management, data, Insight and network activity events of any trail: what a
 * record is stands in the record, not in the object's key.
 * In: `{"Records":[…]}`, or records one after another. Digests are refused: they list log files and hold no events.
 * The event that a member's trail and one of its organization both log has one id.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT, STRING } from '../../shared/decode/jsonfields.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { finder } from '../../shared/enrich/finder.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Outcome, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { EMPTY, type Literal, literal } from '../../shared/text/text.ts';
import { accountJsonCasts, accountRows } from '../../shared/transform/accounts.ts';
import { asAsset, jsonCasts, known, withAsset } from '../../shared/transform/bytes/casts.ts';
import { compile, type FieldMap } from '../../shared/transform/bytes/compile.ts';
import { each } from '../../shared/transform/bytes/each.ts';
import { remembering } from '../../shared/transform/bytes/remembering.ts';
import type { Emit } from '../../shared/transform/bytes/write.ts';
import type { Field } from '../../shared/transform/rows.ts';
import { override } from '../../shared/transform/rows.ts';
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
  readonly geo: Pick<Geo, 'rendered'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  readonly own?: Own | undefined;
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function cloudtrail({ geo, assets, route, fields: rows = [], own }: CloudtrailOptions): Source<Bytes> {
  const context: Context = { event: NO_EVENT, outcome: undefined, isOwn: false };
  const common = jsonCasts(geo);
  const arns = new Resources();
  const map: FieldMap<Context> = compile(override(FIELDS, assets === undefined ? rows : [...ASSET_ROWS, ...rows]), {
    casts: {
      ...common,
      ...CASTS,
      ...(assets && {
        ...accountJsonCasts(assets),
        geo: withAsset(common.geo, (time) => call?.origin(time)),
        subject: asAsset((time) => call?.subject(time)),
        principal: asAsset((time) => call?.principal(time)),
      }),
    },
    paths: [...PATHS, ...KIND, ...RESULTS, ...ID, ...SIGNS, ISSUER, DIGEST, ...(assets ? ASSETS : [])],
    lists: assets && { resources: arns },
  });
  const { fields } = map;
  const call = assets && called(map, arns, finder(assets, fields));
  const derive = deriver(map);
  const eventOf = classifier(map);
  const outcomeOf = outcomeReader(map);
  const idOf = identifier(map);
  const [issuer, digest] = [ISSUER, DIGEST].map(map.indexOf);
  const signs = SIGNS.map(map.indexOf);
  const isOwnCall = (rolePrefixes: readonly string[]) =>
    fields.kinds[issuer] !== ABSENT &&
    rolePrefixes.some((each) => startsWith(fields.bytes, fields.starts[issuer], fields.ends[issuer], each));

  return {
    ...streamOf('cloudtrail'),
    decode: refreshing(assets, json({ member: 'Records', probe: (from) => fields.probe(from) })),
    write(record, { uri }, doc, facts) {
      fields.find(record);
      if (fields.kinds[digest] !== ABSENT) throw new DecodeError('a digest of log files is not a log file', { uri });
      if (signs.every((each) => fields.kinds[each] === ABSENT))
        throw new DecodeError('not a CloudTrail event', { expected: SIGNS });
      derive();
      context.event = eventOf();
      context.outcome = outcomeOf();
      context.isOwn = own !== undefined && isOwnCall(own.rolePrefixes);
      facts.time = Number.NaN;
      map.write(doc, facts, context);
      if (Number.isNaN(facts.time)) throw new DecodeError('eventTime is not a date', { field: 'eventTime' });
      facts.id = idOf();
      facts.outcome = context.outcome;
      facts.dropped = context.isOwn && own?.action === 'drop';
      return true;
    },
    raw: (record) => record,
    route: ({ dropped }) => (dropped ? [] : route),
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

const QUOTE = 34;
const QUOTE_COMMA = literal('",');
const ROOT = literal('"root",');
const COLLECTOR = literal('["collector"],');
const OUTCOMES: Readonly<Record<Outcome, Literal>> = {
  success: literal('"success",'),
  failure: literal('"failure",'),
  unknown: literal('"unknown",'),
};

const NO_EVENT: Rendered = { kind: EMPTY, category: EMPTY, type: EMPTY };

/** What casts know of a record as a whole. */
interface Context {
  event: Rendered;
  outcome: Outcome | undefined;
  /** The collector made the call. */
  isOwn: boolean;
}

const CASTS: Readonly<Record<string, Emit<Context>>> = {
  resources: each(RESOURCE),
  kind: known(({ event }) => event.kind),
  category: known(({ event }) => event.category),
  type: known(({ event }) => event.type),
  outcome: known(({ outcome }) => (outcome === undefined ? EMPTY : OUTCOMES[outcome])),
  orRoot({ view, kinds, starts, ends }, [name, root], key, doc) {
    const isNamed = kinds[name] === STRING && starts[name] < ends[name];
    if (!isNamed && kinds[root] === ABSENT) return;
    doc.literal(key);
    if (isNamed) {
      doc.byte(QUOTE);
      doc.copy(view, starts[name], ends[name]);
      doc.literal(QUOTE_COMMA);
    } else doc.literal(ROOT);
  },
  own: known(({ isOwn }) => (isOwn ? COLLECTOR : EMPTY)),
};

/** A record without any of them is of another kind. */
const SIGNS = [
  ...['eventID', 'eventId', 'eventName', 'eventSource', 'eventType', 'eventVersion', 'recipientAccountId'],
  ...['userIdentity.type', 'userIdentity.arn'],
];

const ID = ['eventID', 'recipientAccountId', 'eventId', 'accountId'];

function identifier({ fields, indexOf }: FieldMap<Context>): () => string {
  const [event, account, summary, owner] = ID.map(indexOf);
  return () => {
    const id = fields.text(event) ?? fields.text(summary); // an aggregated event spells both otherwise
    return id === undefined || id === '' ? '' : `${id}/${fields.text(account) ?? fields.text(owner) ?? ''}`;
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
function outcomeReader({ fields, indexOf }: FieldMap<Context>): () => Outcome | undefined {
  const [code, message, insight, ...results] = RESULTS.map(indexOf);
  const { kinds, starts, ends } = fields;
  return () => {
    if (kinds[insight] !== ABSENT) return undefined;
    if (kinds[code] !== ABSENT || kinds[message] !== ABSENT) return 'failure';
    const isFailed = (at: number) => kinds[at] !== ABSENT && startsWith(fields.bytes, starts[at], ends[at], 'Failure');
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

function classifier({ fields, indexOf }: FieldMap<Context>): () => Rendered {
  const indexes = KIND.map(indexOf);
  return remembering(fields, indexes, () => {
    const [service, name, readOnly, category, type, state, errorCode] = indexes.map((each) => fields.text(each) ?? '');
    const { kind, categories, types } = classify({ service, name, readOnly, category, type, state, errorCode });
    return {
      kind: literal(`"${kind}",`),
      category: literal(`${JSON.stringify(categories)},`),
      type: literal(`${JSON.stringify(types)},`),
    };
  });
}
