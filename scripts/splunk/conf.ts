/**
 * Splunk's .conf files. In: text with `[stanza]`, `key = value`, comments and lines continued by a backslash.
 * Out: settings by stanza, both in the order of the file.
 * https://docs.splunk.com/Documentation/Splunk/latest/Admin/Howtoeditaconfigurationfile
 */

export type Settings = ReadonlyMap<string, string>;
/** Settings before the first stanza are those of `default`. */
export type Conf = ReadonlyMap<string, Settings>;

/** A line that Splunk would not read as it was meant. */
export class ConfError extends Error {}

/** Throws ConfError, with the line, for what is neither setting, stanza nor comment, and for a setting given twice. */
export function parseConf(text: string, name = 'conf'): Conf {
  const conf = new Map<string, Map<string, string>>();
  let stanza = 'default';
  for (const { line, at } of logicalLines(text)) {
    if (/^\s*(#|$)/.test(line)) continue;
    const header = /^\[(.*)\]\s*$/.exec(line);
    if (header !== null) {
      stanza = header[1];
      if (conf.has(stanza)) throw new ConfError(`${name}:${at}: [${stanza}] stands twice`);
      conf.set(stanza, new Map());
      continue;
    }
    const setting = /^([^\s=][^=]*?)\s*=\s*([\s\S]*?)\s*$/.exec(line);
    if (setting === null) throw new ConfError(`${name}:${at}: expected a setting, found ${JSON.stringify(line)}`);
    const [, key, value] = setting;
    const settings = conf.get(stanza) ?? new Map<string, string>();
    if (settings.has(key)) throw new ConfError(`${name}:${at}: [${stanza}] sets ${key} twice`);
    conf.set(stanza, settings.set(key, value));
  }
  return conf;
}

/** A backslash at the end of a line joins the next one to it, with the line break. */
function* logicalLines(text: string): Generator<{ line: string; at: number }> {
  let begun = '';
  let at = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (begun === '') at = index + 1;
    if (line.endsWith('\\') && !/^\s*#/.test(begun + line)) {
      begun += `${line.slice(0, -1)}\n`;
      continue;
    }
    yield { line: begun + line, at };
    begun = '';
  }
  if (begun !== '') yield { line: begun, at };
}

/** Later files win, setting by setting, as `local` wins over `default`. */
export function mergeConf(...confs: readonly Conf[]): Conf {
  const merged = new Map<string, Map<string, string>>();
  for (const conf of confs) {
    for (const [stanza, settings] of conf) {
      merged.set(stanza, new Map([...(merged.get(stanza) ?? []), ...settings]));
    }
  }
  return merged;
}
