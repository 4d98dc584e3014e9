/**
 * Integrity events: what is wrong with the log files of CloudTrail, as this function found it → OpenSearch and Splunk.
 * In: records of fault.ts, one a line. The same fault always has the same id.
 */

import { json } from '../../shared/decode/json.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { severityNamed } from '../../shared/table/severity.ts';
import { compile, epochMs, type Field, override, parse } from '../../shared/transform/objects/compile.ts';
import { FIELDS } from './fields.ts';

export interface IntegrityOptions {
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function integrity({ route, fields = [] }: IntegrityOptions): Source<Bytes> {
  const toDocument = compile(override(FIELDS, fields));
  return {
    ...streamOf('integrity'),
    decode: json({}),
    write(record, _from, doc, facts) {
      const fault = parse(record);
      const time = epochMs(fault.time);
      if (typeof fault.id !== 'string' || time === undefined) throw new DecodeError('the event has no id or no time');
      facts.id = fault.id;
      facts.time = time;
      facts.severity = severityNamed(fault.severity);
      facts.outcome = 'failure';
      facts.account = String(fault.account);
      facts.region = String(fault.region);
      doc.json(toDocument(fault));
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}
