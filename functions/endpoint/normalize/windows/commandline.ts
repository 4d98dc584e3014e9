/**
 * A command line of Windows in its arguments, as the C run-time library reads it: backslashes are only special before a quote.
 * https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
 */
import { MAX_ARGUMENTS, MAX_COMMAND_LINE } from '../limits.ts';

export function windowsArguments(line: string): string[] {
  const args: string[] = [];
  const text = line.slice(0, MAX_COMMAND_LINE);
  for (let at = 0; at < text.length && args.length < MAX_ARGUMENTS; ) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    const { argument, end } = next(text, at);
    args.push(argument);
    at = end;
  }
  return args;
}

function next(text: string, from: number): { argument: string; end: number } {
  let argument = '';
  let isQuoted = false;
  let at = from;
  for (; at < text.length; at++) {
    const c = text[at];
    if (!isQuoted && (c === ' ' || c === '\t')) break;
    const slashes = c === '\\' ? run(text, at) : 0;
    if (slashes > 0 && text[at + slashes] === '"') {
      argument += '\\'.repeat(slashes >> 1);
      at += slashes - (slashes % 2 === 0 ? 1 : 0);
      if (slashes % 2 === 1) argument += '"';
    } else if (slashes > 0) {
      argument += '\\'.repeat(slashes);
      at += slashes - 1;
    } else if (c !== '"') {
      argument += c;
    } else if (isQuoted && text[at + 1] === '"') {
      argument += '"';
      at++;
    } else {
      isQuoted = !isQuoted;
    }
  }
  return { argument, end: at };
}

function run(text: string, from: number): number {
  let end = from;
  while (text[end] === '\\') end++;
  return end - from;
}
