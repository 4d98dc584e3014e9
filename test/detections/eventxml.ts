/**
 * Fields of a Windows event in XML, as the Splunk Add-on for Microsoft Windows extracts them: elements of System by their names,
 * values of EventData by theirs; `-` is a value like any other.
 * https://docs.splunk.com/Documentation/AddOns/released/Windows/Sourcetypes
 */

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (text: string): string => text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]);

export function eventXmlFields(xml: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  const found = [
    ...xml.matchAll(/<(EventID|Channel|Computer|EventRecordID)>([^<]*)</g),
    ...xml.matchAll(/<Data Name='([^']*)'>([^<]*)</g),
  ];
  for (const [, name, value] of found) if (value !== '') fields.set(name, [plain(value)]);
  return fields;
}
