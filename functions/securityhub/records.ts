/**
 * Findings out of their envelopes: each finding is a record of its own, by its own bytes.
 * In: EventBridge events of Security Hub, whose `detail.findings` is a list, and what reconcile.ts makes like them; findings
 * alone, in a JSON array, in `{"Findings":[…]}` as GetFindings answers. Out: views of what was read; an event without
 * findings is a record itself.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT, JsonFields, LIST } from '../../shared/decode/jsonfields.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Decoder, Page } from '../../shared/model.ts';
import { bytesOf } from '../../shared/text/bytes.ts';

/** What an event tells beside its findings. */
export interface Envelope {
  /** `detail-type` */
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  /** What somebody chose in the console; empty in events that AWS sends by itself. */
  readonly action: { readonly name: string; readonly description: string };
  /** The event, of several findings with this one alone. */
  readonly event: Bytes;
  readonly whole: Whole;
}

/** The event as it came, the same of all its findings. */
export interface Whole {
  readonly event: Bytes;
  /** The finding that it is archived with. */
  with: Found | undefined;
}

export interface Found extends Bytes {
  /** undefined: the finding came alone. */
  readonly envelope: Envelope | undefined;
}

/** The detail-type of what GetFindings gave: AWS has none for it. */
export const ASKED = 'GetFindings';
/** The detail-type of a failure of Prowler that gone.ts archives. */
export const GONE = 'Prowler Finding Gone';

const FINDINGS = 'detail.findings';
const PATHS = [
  'detail-type',
  'id',
  'account',
  'region',
  'time',
  'detail.actionName',
  'detail.actionDescription',
  FINDINGS,
] as const;
const indexOf = (path: (typeof PATHS)[number]): number => PATHS.indexOf(path);

// each is kept with the event around it; AWS sends one, or the 20 that somebody chose
const MOST_FINDINGS = 100;

const SPACE = 32;
const COMMA = 44;
const OBJECT = 123;

/** `seq` counts findings from 1, refused records too. */
export const findings: Decoder<Found> = async function* (chunks) {
  const read = reader();
  for await (const page of json({ member: 'Findings' })(chunks)) yield read(page);
};

/** Makes the pages of one body, one cursor over all of its records. */
function reader(): (page: Page<Bytes>) => Page<Found> {
  const open = opener();
  let waiting: readonly Found[] = [];
  let at = 0;
  let seq = 0;

  function refill(page: Page<Bytes>): boolean {
    const record = page.next();
    if (record === undefined) return false;
    waiting = open(record);
    at = 0;
    return true;
  }

  return (page) => ({
    get seq() {
      return seq;
    },
    next() {
      try {
        if (at === waiting.length && !refill(page)) return undefined;
      } catch (error) {
        seq++;
        throw error;
      }
      seq++;
      return waiting[at++];
    },
  });
}

/** Makes what turns a record into its findings; never none. Throws DecodeError with the record where it can't. */
function opener(): (record: Bytes) => readonly Found[] {
  const fields = new JsonFields(PATHS.map((name) => ({ name, isFree: name === FINDINGS })));
  const inner = new JsonFields([]);
  const textOf = (path: (typeof PATHS)[number]): string => fields.text(indexOf(path)) ?? '';

  function open(record: Bytes): readonly Found[] {
    const { bytes, view, start, end } = record;
    const event: Bytes = { bytes, view, start, end };
    fields.find(event);
    const type = textOf('detail-type');
    if (type === '') return [{ ...event, envelope: undefined }];
    const envelope: Envelope = {
      type,
      id: textOf('id'),
      account: textOf('account'),
      region: textOf('region'),
      time: textOf('time'),
      action: { name: textOf('detail.actionName'), description: textOf('detail.actionDescription') },
      event,
      whole: { event, with: undefined },
    };
    const kind = fields.kinds[indexOf(FINDINGS)];
    if (kind === ABSENT) return [{ ...event, envelope }];
    const found = kind === LIST ? elements() : [];
    if (found.length === 0) throw new DecodeError('detail.findings is not a list of findings', { type });
    if (found.length === 1) return [{ ...found[0], envelope }];
    return found.map((finding) => ({ ...finding, envelope: { ...envelope, event: alone(event, finding) } }));
  }

  /** AWS sends an event for each finding it imports; one that holds more is taken apart, so that none is told of twice. */
  function alone({ bytes, start, end }: Bytes, finding: Bytes): Bytes {
    const index = indexOf(FINDINGS);
    const parts = [
      bytes.subarray(start, fields.starts[index] + 1),
      bytes.subarray(finding.start, finding.end),
      bytes.subarray(fields.ends[index] - 1, end),
    ];
    return bytesOf(Buffer.concat(parts).toString());
  }

  /** The objects in the list of findings. */
  function elements(): readonly Bytes[] {
    const { bytes, view } = fields;
    const end = fields.ends[indexOf(FINDINGS)];
    const found: Bytes[] = [];
    for (let at = fields.starts[indexOf(FINDINGS)] + 1; at < end - 1; ) {
      if (bytes[at] === OBJECT) {
        const start = at;
        at = inner.find({ bytes, view, start, end });
        if (found.push({ bytes, view, start, end: at }) > MOST_FINDINGS) {
          throw new DecodeError(`more than ${MOST_FINDINGS} findings in an event`);
        }
      } else if (bytes[at] <= SPACE || bytes[at] === COMMA) {
        at++;
      } else {
        throw new DecodeError('one of detail.findings is not an object');
      }
    }
    return found;
  }

  return (record) => {
    try {
      return open(record);
    } catch (error) {
      throw withRaw(error, record);
    }
  };
}

/** A refused finding is kept with the event that it came in: without it, it might be read otherwise the next time. */
export function withRaw(error: unknown, { bytes, start, end }: Bytes): unknown {
  if (!(error instanceof DecodeError)) return error;
  return new DecodeError(error.message, error.fields, { cause: error.cause, raw: bytes.slice(start, end) });
}
