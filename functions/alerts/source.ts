/**
 * Alerts of detections → `aws-alerts`: which detection, what it saw, whose it is. An alert that comes again has the same id and the same
 * time, so it is a duplicate.
 */
import { createHash } from 'node:crypto';
import { json } from '../../shared/decode/json.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { severityNamed } from '../../shared/table/severity.ts';
import { compile, epochMs, type Field, find, override, parse } from '../../shared/transform/objects/compile.ts';
import { FIELDS } from './fields.ts';

export interface AlertsOptions {
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function alerts({ route, fields = [] }: AlertsOptions): Source<Bytes> {
  const toDocument = compile(override(FIELDS, fields));
  return {
    ...streamOf('alerts'),
    decode: json({}),
    write(record, _from, doc, facts) {
      const alert = parse(record);
      const time = epochMs(alert.start);
      const name = find(alert, 'detection.name');
      if (typeof name !== 'string' || time === undefined)
        throw new DecodeError('the alert has no detection or no time');
      const id = idOf([name, alert.start, alert.keys, alert.id]);
      const document = toDocument({ ...alert, derived: { id, documents: documentsOf(alert.samples) } });
      facts.id = id;
      facts.time = time;
      facts.severity = severityNamed(find(alert, 'detection.level'));
      facts.account = String(find(document, 'cloud.account.id') ?? '');
      facts.region = String(find(document, 'cloud.region') ?? '');
      doc.json(document);
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

const idOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

/** `<index>/<id>` of each document that the alert shows. */
const documentsOf = (samples: unknown): readonly string[] =>
  Array.isArray(samples) ? samples.map(({ _index, _id }) => `${_index}/${_id}`) : [];
