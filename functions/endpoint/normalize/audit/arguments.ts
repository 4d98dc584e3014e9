/**
 * The arguments of a command from its EXECVE records. A long one comes in chunks, `a2_len=9000 a2[0]=… a2[1]=…`, and many of them in
 * several records. A hexadecimal chunk may end inside of a character.
 */
import { MAX_ARGUMENTS } from '../limits.ts';
import { bytesOf } from './encoded.ts';
import type { AuditRecord } from './record.ts';

const NAME = /^a(\d{1,5})(?:\[(\d{1,5})\])?$/;

interface Piece {
  readonly argument: number;
  readonly chunk: number;
  readonly bytes: Buffer;
}

export function execArguments(records: readonly AuditRecord[]): string[] {
  const pieces = records.filter(({ type }) => type === 'EXECVE').flatMap(piecesOf);
  pieces.sort((a, b) => a.argument - b.argument || a.chunk - b.chunk);
  const args = new Map<number, Buffer[]>();
  for (const { argument, bytes } of pieces) {
    const own = args.get(argument);
    if (own !== undefined) own.push(bytes);
    else if (args.size < MAX_ARGUMENTS) args.set(argument, [bytes]);
  }
  return [...args.values()].map((chunks) => Buffer.concat(chunks).toString());
}

const piecesOf = ({ values }: AuditRecord): Piece[] =>
  [...values].flatMap(([name, raw]) => {
    const match = NAME.exec(name);
    return match === null ? [] : [{ argument: Number(match[1]), chunk: Number(match[2] ?? 0), bytes: bytesOf(raw) }];
  });
