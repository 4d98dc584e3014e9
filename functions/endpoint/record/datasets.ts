/** Which index a document goes to, and what it is called in Splunk, where its own add-ons look for it. */
import { find, type JsonObject } from '../../../shared/transform/objects/compile.ts';

/** Windows channels whose events are many; all others share an index. */
const CHANNELS: Readonly<Record<string, string>> = {
  Security: 'windows.security',
  System: 'windows.system',
  Application: 'windows.application',
  'Microsoft-Windows-Sysmon/Operational': 'windows.sysmon',
  'Microsoft-Windows-PowerShell/Operational': 'windows.powershell',
  'Windows PowerShell': 'windows.powershell',
};

/** Sourcetypes of the Splunk Add-on for Unix and Linux. https://docs.splunk.com/Documentation/AddOns/released/UnixLinux/SourceTypes */
const SOURCETYPES: Readonly<Record<string, string>> = {
  'system.syslog': 'syslog',
  'system.auth': 'linux_secure',
  'auditd.log': 'linux_audit',
};

/** Of the Splunk Add-on for Windows, and of that for Sysmon. */
const WINDOWS = 'XmlWinEventLog';

export const OTHER = 'other';

export interface Dataset {
  /** Part of the index's name. */
  readonly part: string;
  /** In Splunk; '' means: the settings'. */
  readonly sourcetype: string;
  readonly splunkSource: string;
  readonly isWindows: boolean;
}

/** `more`: datasets that have an index of their own besides those above. */
export function datasetOf(document: JsonObject, more: ReadonlySet<string>): Dataset {
  const channel = find(document, 'winlog.channel');
  if (typeof channel === 'string') {
    const part = CHANNELS[channel] ?? 'windows.other';
    return { part, sourcetype: WINDOWS, splunkSource: `${WINDOWS}:${channel}`, isWindows: true };
  }
  const dataset = find(document, 'event.dataset') ?? find(document, 'data_stream.dataset');
  const path = find(document, 'log.file.path');
  const name = typeof dataset === 'string' ? dataset : '';
  const isKnown = Object.hasOwn(SOURCETYPES, name) || more.has(name);
  return {
    part: isKnown ? name : OTHER,
    sourcetype: Object.hasOwn(SOURCETYPES, name) ? SOURCETYPES[name] : '',
    splunkSource: typeof path === 'string' ? path : '',
    isWindows: false,
  };
}
