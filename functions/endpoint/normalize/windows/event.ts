/**
 * Windows events in Winlogbeat's shape → ECS. Category, type, action and outcome come from the event id alone, so that an event has
 * the same whether Winlogbeat's modules processed it or not; what they moved out of `winlog.event_data` is left as they wrote it.
 */
import { flat } from '../../../../shared/transform/flat.ts';
import { at, type Document, type Fields, textAt } from '../document.ts';
import { type Category, POWERSHELL, SECURITY, SYSMON, SYSTEM } from './categories.ts';
import { type Data, dataOf } from './data.ts';
import { powershellFields } from './powershell.ts';
import { securityFields } from './security.ts';
import { sysmonFields } from './sysmon.ts';

interface Channel {
  readonly module: string;
  readonly dataset: string;
  readonly categories: ReadonlyMap<string, Category>;
  readonly fields: (id: string, data: Data) => Fields;
}

const NONE: Channel = { module: 'windows', dataset: 'windows.event', categories: new Map(), fields: () => ({}) };
const CHANNELS: Readonly<Record<string, Channel>> = {
  security: { module: 'security', dataset: 'windows.security', categories: SECURITY, fields: securityFields },
  sysmon: { module: 'sysmon', dataset: 'windows.sysmon', categories: SYSMON, fields: sysmonFields },
  powershell: { module: 'powershell', dataset: 'windows.powershell', categories: POWERSHELL, fields: powershellFields },
  system: { module: 'system', dataset: 'windows.system', categories: SYSTEM, fields: securityFields },
};

/** By provider, since forwarded events stand in the channel ForwardedEvents. */
const PROVIDERS: Readonly<Record<string, Channel>> = {
  'Microsoft-Windows-Security-Auditing': CHANNELS.security,
  'Microsoft-Windows-Sysmon': CHANNELS.sysmon,
  'Microsoft-Windows-PowerShell': CHANNELS.powershell,
  PowerShell: CHANNELS.powershell,
  PowerShellCore: CHANNELS.powershell,
  'Service Control Manager': CHANNELS.system,
};

/** The Eventlog service writes 1102 into Security and 104 into System. */
function channelOf(provider: string | undefined, channel: string | undefined, id: string): Channel {
  if (provider === 'Microsoft-Windows-Eventlog') return SYSTEM.has(id) ? CHANNELS.system : CHANNELS.security;
  if (provider !== undefined && Object.hasOwn(PROVIDERS, provider)) return PROVIDERS[provider];
  if (provider !== undefined) return channel === 'System' ? { ...NONE, dataset: 'windows.system' } : NONE;
  if (channel === 'Security') return CHANNELS.security;
  return channel === 'Microsoft-Windows-Sysmon/Operational' ? CHANNELS.sysmon : NONE;
}

export function windowsFields(document: Document): Fields {
  const id = textAt(document, 'winlog.event_id') ?? textAt(document, 'event.code') ?? '';
  const provider = textAt(document, 'winlog.provider_name') ?? textAt(document, 'event.provider');
  const channel = channelOf(provider, textAt(document, 'winlog.channel'), id);
  const category = channel.categories.get(id);
  const fields = category === undefined ? {} : channel.fields(id, dataOf(document));
  return {
    'winlog.event_data': flat(at(document, 'winlog.event_data')), // a text above 10,000 characters would refuse the document
    'winlog.user_data': flat(at(document, 'winlog.user_data')),
    ...fields,
    'event.kind': 'event',
    'event.category': category?.categories,
    'event.type': category?.types,
    'event.action': category?.action,
    'event.outcome': fields['event.outcome'] ?? outcomeOf(document),
    'event.code': id,
    'event.provider': provider,
    'event.module': channel.module,
    'event.dataset': channel.dataset,
    'host.name': textAt(document, 'winlog.computer_name'),
    'winlog.event_id': id,
    'winlog.record_id': textAt(document, 'winlog.record_id'),
  };
}

/** Winlogbeat writes the outcome from the bits of the keywords; other shippers only the keywords. */
function outcomeOf(document: Document): string | undefined {
  const present = textAt(document, 'event.outcome');
  if (present !== undefined) return present;
  const keywords = at(document, 'winlog.keywords');
  if (!Array.isArray(keywords)) return undefined;
  if (keywords.includes('Audit Failure')) return 'failure';
  return keywords.includes('Audit Success') ? 'success' : undefined;
}
