/** The values of a Windows event as Winlogbeat writes them: `winlog.event_data`, or `winlog.user_data` of a few providers. */
import { isRecord } from '../../../../shared/input/message.ts';
import { at, type Document } from '../document.ts';

export type Data = (name: string) => string | undefined;

const NOTHING: ReadonlySet<string> = new Set(['', '-', '{00000000-0000-0000-0000-000000000000}', 'S-1-0-0', '%%1793']);

export function dataOf(document: Document): Data {
  const maps = [at(document, 'winlog.event_data'), at(document, 'winlog.user_data')].filter(isRecord);
  return (name) => {
    const value = maps.find((map) => Object.hasOwn(map, name))?.[name];
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    return typeof text !== 'string' || NOTHING.has(text) ? undefined : text;
  };
}

/** `DOMAIN\name` in two. */
export function account(text: string | undefined): { domain: string | undefined; name: string | undefined } {
  const slash = text?.indexOf('\\') ?? -1;
  if (text === undefined || slash < 0) return { domain: undefined, name: text };
  return { domain: text.slice(0, slash), name: text.slice(slash + 1) };
}
