/**
 * Events of a MISP feed or export: their attributes that are addresses or names and meant for detection (`to_ids`).
 * https://www.misp-standard.org/rfc/misp-standard-core.html · https://www.misp-project.org/feeds/
 */
import { type Block, blockOf, type Entry, type Host, hostOf, type Skip } from './indicator.ts';
import { aboutOf, type Fields, isFields, listOf, textOf } from './json.ts';

/** undefined: neither an event nor a manifest. */
export function fromMisp(provider: string, value: unknown): Iterable<Entry> | undefined {
  const events = eventsIn(value);
  return events && entriesOf(provider, events);
}

/** `{"Event":…}`, `{"response":[{"Event":…}]}`, or a list of them. A manifest lists events by their UUIDs. */
function eventsIn(value: unknown): readonly Fields[] | undefined {
  if (isFields(value) && isFields(value.Event)) return [value.Event];
  const list = isFields(value) ? value.response : value;
  if (Array.isArray(list)) {
    const events = listOf(list).map(({ Event }) => Event);
    return events.length > 0 && events.every(isFields) ? events : undefined;
  }
  const isManifest = isFields(value) && Object.values(value).every((each) => isFields(each) && 'Orgc' in each);
  return isManifest ? [] : undefined;
}

function* entriesOf(provider: string, events: readonly Fields[]): Generator<Entry> {
  for (const event of events) {
    const attributes = [
      ...listOf(event.Attribute),
      ...listOf(event.Object).flatMap(({ Attribute }) => listOf(Attribute)),
    ];
    for (const attribute of attributes) yield* entriesIn(provider, event, attribute);
  }
}

type Make = (text: string) => Block | Host | Skip;

/** A `domain` stands for what lies below it too, a `hostname` for itself. Of `a|b` each part is made by its own. */
const TYPES: Readonly<Record<string, readonly (Make | undefined)[]>> = {
  'ip-src': [blockOf],
  'ip-dst': [blockOf],
  'ip-src|port': [blockOf],
  'ip-dst|port': [blockOf],
  domain: [(text) => hostOf(text, true)],
  hostname: [hostOf],
  'hostname|port': [hostOf],
  'domain|ip': [(text) => hostOf(text, true), blockOf],
};

function* entriesIn(provider: string, event: Fields, attribute: Fields): Generator<Entry> {
  const makes = Object.hasOwn(TYPES, String(attribute.type)) ? TYPES[String(attribute.type)] : [];
  if (makes.length === 0 || attribute.deleted === true || !isTrue(attribute.to_ids)) return;
  const description = textOf(attribute.comment) ?? textOf(event.info);
  const about = aboutOf({ provider, description });
  const parts = String(attribute.value ?? '').split('|');
  for (const [i, make] of makes.entries()) {
    const name = parts[i] ?? '';
    const target = make?.(name) ?? 'unreadable';
    yield typeof target === 'string' ? target : { name: name.toLowerCase(), target, about };
  }
}

const isTrue = (value: unknown): boolean => value === true || value === '1' || value === 1;
