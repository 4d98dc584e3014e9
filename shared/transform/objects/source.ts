/**
 * A source out of parts, for logs and events of low volume: each record becomes an object, rows make a document of that.
 * For bulk logs see columns/ and bytes/, which make no object.
 */
import type { Assets } from '../../enrich/assets.ts';
import { refreshing } from '../../enrich/assets.ts';
import { type About, joined } from '../../enrich/joined.ts';
import { DecodeError } from '../../errors.ts';
import type { Bytes, Decoder, Facts, Outcome, SinkName, Source } from '../../model.ts';
import { JOINED } from '../joined.ts';
import { type Casts, compile, epochMs, type Field, find, type JsonObject, override } from './compile.ts';

export interface Parts {
  /** Its row of shared/sources.ts: `streamOf(name)`. */
  readonly stream: Pick<Source<Bytes>, 'name' | 'index' | 'splunk'>;
  readonly decode: Decoder<Bytes>;
  /** A record and where it came from → what rows read. Throws DecodeError. */
  readonly read: (record: Bytes, uri: string) => object;
  readonly rows: readonly Field[];
  readonly casts?: Casts;
  /** What assets are joined by; `time` and `account` come from the document. */
  readonly about?: (value: object) => Omit<About, 'time' | 'account'>;
  /** Fills further facts. Time, outcome, account and region come from the document. */
  readonly fillFacts?: (value: object, facts: Facts) => void;
}

export interface Options {
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

/** `write` throws DecodeError for a record without a time. Throws ConfigError for a row of `fields` that can't be compiled. */
export function objectSource(parts: Parts, { assets, route, fields = [] }: Options): Source<Bytes> {
  const { stream, decode, read, rows, casts, about, fillFacts } = parts;
  const toDocument = compile(override([...rows, ...JOINED], fields), casts);
  return {
    ...stream,
    decode: refreshing(assets, decode),
    write(record, { uri }, doc, facts) {
      const value = read(record, uri);
      fillFacts?.(value, facts);
      const document = toDocument(value);
      factsFrom(document, facts);
      const { time, account } = facts;
      const join = about && joined(assets, { ...about(value), time, account });
      doc.json(
        join === undefined ? document : toDocument({ ...value, derived: { ...derivedIn(value), joined: join } }),
      );
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

const derivedIn = (value: object): object => ('derived' in value ? (value.derived as object) : {});

function factsFrom(document: JsonObject, facts: Facts): void {
  const time = epochMs(document['@timestamp']);
  if (time === undefined) throw new DecodeError('the record has no time', { field: '@timestamp' });
  facts.time = time;
  facts.outcome = find(document, 'event.outcome') as Outcome | undefined;
  facts.account = String(find(document, 'cloud.account.id') ?? '');
  facts.region = String(find(document, 'cloud.region') ?? '');
}
