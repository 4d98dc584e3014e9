/**
 * One line of audit.log: `type=SYSCALL msg=audit(1795527638.123:4567): arch=c000003e syscall=59 … key="exec"`, and behind a group
 * separator the names that auditd found (`log_format = ENRICHED`). Also the kernel's own lines, where no auditd runs.
 */
import { MAX_LINE, MAX_PAIRS } from '../limits.ts';
import { typeName } from './types.ts';

export interface AuditRecord {
  readonly type: string;
  readonly node: string | undefined;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Time and serial number, which all records of one event share: `1795527638.123:4567`. */
  readonly event: string;
  readonly serial: string;
  /** Values as they stand in the line. */
  readonly values: ReadonlyMap<string, string>;
  /** What auditd found: `AUID`, `UID`, `SYSCALL`, … */
  readonly names: ReadonlyMap<string, string>;
  readonly line: string;
}

const HEAD =
  /^(?:node=(?<node>\S{1,255}) )?type=(?<type>[A-Z0-9_]{1,64}|UNKNOWN\[\d{1,5}\]) msg=audit\((?<time>\d{1,11}\.\d{3}):(?<serial>\d{1,20})\)(?: ?:)? {0,2}/;
const KERNEL =
  /^(?:\[ {0,8}\d{1,10}\.\d{1,9}\] )?(?:audit: )?type=(?<type>\d{4}) audit\((?<time>\d{1,11}\.\d{3}):(?<serial>\d{1,20})\)(?: ?:)? {0,2}/;
const AVC = /^avc: {1,2}(?<result>denied|granted) {1,2}\{ (?<permissions>[^{}]{0,512}) \} for {1,2}/;
/** Some shippers drop control characters; a value in quotes has no quote in it. */
const SEPARATOR = new RegExp(`${String.fromCharCode(0x1d)}|(?<=")(?=(?:ARCH|AUID|UID|OUID)=)`);

/** Undefined: no audit record. */
export function auditRecord(line: string): AuditRecord | undefined {
  if (line.length > MAX_LINE) return undefined;
  const match = HEAD.exec(line) ?? KERNEL.exec(line);
  if (match?.groups === undefined) return undefined;
  const { node, type, time, serial } = match.groups;
  const [body, enriched = ''] = line.slice(match[0].length).split(SEPARATOR, 2);
  const avc = AVC.exec(body);
  const values = pairs(avc === null ? body : body.slice(avc[0].length));
  if (avc?.groups !== undefined) {
    values.set('seresult', avc.groups.result);
    values.set('seperms', avc.groups.permissions);
  }
  const ms = Math.round(Number(time) * 1000);
  return {
    type: typeName(type),
    node,
    time: ms,
    event: `${time}:${serial}`,
    serial,
    values,
    names: pairs(enriched),
    line,
  };
}

/**
 * `name=value` pairs in linear time. The program's own text, `msg='op=login acct="bob" … res=success'`, is read as pairs too;
 * the first of a name counts, so that it can't replace what the kernel wrote in front of it.
 */
export function pairs(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const own = text.indexOf("msg='");
  const end = own < 0 ? -1 : text.lastIndexOf("'");
  scan(own < 0 ? text : text.slice(0, own), found);
  if (own >= 0) scan(text.slice(own + 5, end > own + 4 ? end : undefined), found);
  return found;
}

function scan(text: string, found: Map<string, string>): void {
  for (let at = 0; at < text.length && found.size < MAX_PAIRS; ) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return;
    const name = text.slice(Math.max(at, text.lastIndexOf(' ', equals) + 1), equals);
    const quote = text[equals + 1] === '"' ? text.indexOf('"', equals + 2) : -1;
    const space = quote < 0 ? text.indexOf(' ', equals) : quote + 1;
    const end = space < 0 ? text.length : space;
    if (name !== '' && name.length <= 64 && !found.has(name)) found.set(name, text.slice(equals + 1, end));
    at = end + 1;
  }
}
