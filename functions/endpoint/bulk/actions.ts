/**
 * The actions of a `_bulk` request: a line that says what to do, and but for `delete` a line with the document.
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
 */
import { DecodeError } from '../../../shared/errors.ts';
import { isRecord } from '../../../shared/input/message.ts';

const OPERATIONS = ['create', 'index', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Action {
  readonly operation: Operation;
  readonly index: string | undefined;
  readonly id: string | undefined;
  readonly pipeline: string | undefined;
  /** Absent for `delete`. */
  readonly document: Buffer | undefined;
}

/** What the path and the query of a request say for actions that don't. */
export interface Defaults {
  readonly index?: string | undefined;
  readonly pipeline?: string | undefined;
}

/** Throws DecodeError if the text is not a sequence of actions. */
export function* actionsIn(text: Buffer, defaults: Defaults = {}): Generator<Action> {
  const lines = linesOf(text);
  let number = 0;
  for (const line of lines) {
    number++;
    const { operation, target } = commandOf(line, number);
    const document = operation === 'delete' ? undefined : lines.next().value;
    if (operation !== 'delete' && document === undefined)
      throw new DecodeError('the last action has no document', { action: number });
    yield {
      operation,
      index: textOr(target._index, defaults.index),
      id: textOr(target._id),
      pipeline: textOr(target.pipeline, defaults.pipeline),
      document: document ?? undefined,
    };
  }
}

const textOr = (value: unknown, otherwise?: string): string | undefined =>
  typeof value === 'string' && value !== '' ? value : otherwise;

const NEWLINE = 10;
const RETURN = 13;

/** Views; blank lines are left out. */
function* linesOf(text: Buffer): Generator<Buffer, undefined> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(NEWLINE, start);
    const end = newline < 0 ? text.length : newline;
    const line = text.subarray(start, text[end - 1] === RETURN ? end - 1 : end);
    start = end + 1;
    if (line.length > 0) yield line;
  }
  return undefined;
}

interface Command {
  readonly operation: Operation;
  readonly target: Readonly<Record<string, unknown>>;
}

const MAX_COMMAND = 4096;

function commandOf(line: Buffer, number: number): Command {
  const value = line.length > MAX_COMMAND ? undefined : parsed(line);
  const [name, target] = isRecord(value) ? (Object.entries(value)[0] ?? []) : [];
  const operation = OPERATIONS.find((each) => each === name);
  if (operation === undefined || !isRecord(target)) {
    throw new DecodeError(`expected {"create":{…}} or another action in front of document ${number}`, {
      action: number,
    });
  }
  return { operation, target };
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined; // the caller says what was expected
  }
}

/** An action as two lines, with what the request said for it. */
export function written({ operation, index, id, pipeline, document }: Action): Buffer {
  const command = JSON.stringify({ [operation]: { _index: index, _id: id, pipeline } });
  return Buffer.concat([Buffer.from(`${command}\n`), ...(document === undefined ? [] : [document, Buffer.from('\n')])]);
}
