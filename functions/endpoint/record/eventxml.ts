/**
 * A Windows event as XML, from Winlogbeat's fields: what the Splunk Add-on for Windows reads. An agent that sends the XML
 * itself (include_xml) has it in `event.original`.
 * https://learn.microsoft.com/windows/win32/wes/eventschema-schema
 */
import { find, isObject, type JsonObject } from '../../../shared/transform/objects/compile.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

const text = (value: unknown): string =>
  String(value)
    .replaceAll(/[&<>'"]/g, (sign) => ESCAPES[sign])
    .replaceAll(/[^\P{Cc}\t\n\r]/gu, ''); // XML 1.0 has no place for them

const present = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const element = (name: string, value: unknown): string => (present(value) ? `<${name}>${text(value)}</${name}>` : '');

const attributes = (all: Readonly<Record<string, unknown>>): string =>
  Object.entries(all)
    .filter(([, value]) => present(value))
    .map(([name, value]) => ` ${name}='${text(value)}'`)
    .join('');

export function eventXml(document: JsonObject): string {
  const original = find(document, 'event.original');
  if (typeof original === 'string' && original.startsWith('<Event')) return original;
  const log = isObject(document.winlog) ? document.winlog : {};
  return `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>${system(log, document)}${data(log)}</Event>`;
}

function system(log: JsonObject, document: JsonObject): string {
  const of = (path: string) => find(log, path);
  return [
    '<System>',
    `<Provider${attributes({ Name: of('provider_name'), Guid: of('provider_guid') })}/>`,
    element('EventID', of('event_id')),
    element('Version', of('version')),
    element('Task', of('task')),
    element('Opcode', of('opcode')),
    `<TimeCreated${attributes({ SystemTime: document['@timestamp'] })}/>`,
    element('EventRecordID', of('record_id')),
    `<Correlation${attributes({ ActivityID: of('activity_id') })}/>`,
    `<Execution${attributes({ ProcessID: of('process.pid'), ThreadID: of('process.thread.id') })}/>`,
    element('Channel', of('channel')),
    element('Computer', of('computer_name')),
    `<Security${attributes({ UserID: of('user.identifier') })}/>`,
    '</System>',
  ].join('');
}

function data({ event_data: event, user_data: user }: JsonObject): string {
  const fields = isObject(event) ? event : isObject(user) ? user : {};
  const all = Object.entries(fields).map(([name, value]) => `<Data Name='${text(name)}'>${text(value ?? '')}</Data>`);
  return `<EventData>${all.join('')}</EventData>`;
}
