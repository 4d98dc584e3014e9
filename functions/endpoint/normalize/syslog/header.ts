/**
 * The header of a line that a syslog daemon wrote: RFC 3164 as rsyslog writes files (`Nov 24 13:40:38 web-1 sshd[812]: text`),
 * the same with a time of ISO 8601 (Ubuntu 24.04, Amazon Linux 2023), and RFC 5424, each with or without `<priority>`.
 * https://www.rfc-editor.org/rfc/rfc3164 · https://www.rfc-editor.org/rfc/rfc5424
 */
import { structured } from './structured.ts';

export interface Line {
  readonly time: string;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly pid: string | undefined;
  readonly text: string;
  readonly priority: number | undefined;
  readonly msgid?: string | undefined;
  readonly structured?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

const PRIORITY = /^<(\d{1,3})>/;
const TIME = String.raw`(?<time>[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)`;
const FILE_LINE = new RegExp(String.raw`^${TIME} (?<host>[^\s:]{1,255}) (?<rest>[\s\S]*)$`);
const PROGRAM = /^(?<program>[^\s:[\]]{1,128})(?:\[(?<pid>\d{1,10})\])?: ?(?<text>[\s\S]*)$/;
const RFC5424 =
  /^1 (?<time>\S{1,40}) (?<host>\S{1,255}) (?<program>\S{1,128}) (?<pid>\S{1,128}) (?<msgid>\S{1,64}) (?<rest>[-[][\s\S]*)$/;

const known = (text: string | undefined): string | undefined => (text === '-' ? undefined : text);

/** Undefined: not a line with a header. */
export function header(line: string): Line | undefined {
  const marked = PRIORITY.exec(line);
  const text = marked === null ? line : line.slice(marked[0].length);
  const priority = marked === null || Number(marked[1]) > 191 ? undefined : Number(marked[1]);
  const modern = marked === null ? undefined : RFC5424.exec(text)?.groups;
  if (modern !== undefined) {
    const { data, rest } = structured(modern.rest);
    const { time, host, program, pid, msgid } = modern;
    const names = { host: known(host), program: known(program), pid: known(pid), msgid: known(msgid) };
    return { ...names, time, priority, structured: data, text: rest.replace(/^\uFEFF/, '') };
  }
  const groups = FILE_LINE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const own = PROGRAM.exec(groups.rest)?.groups;
  const { time, host } = groups;
  return { time, host, program: own?.program, pid: own?.pid, text: own?.text ?? groups.rest, priority };
}
