/**
 * Which events Splunk gets by default: sudo, failed logons, account changes, new services and tasks, hits of audit rules, cleared
 * logs, injections that Sysmon saw. In: documents in ECS. `endpointFilter` changes it: docs/reference/sources/endpoint.md.
 */
import { find, type JsonObject } from '../../../shared/transform/objects/compile.ts';

type Test = (document: JsonObject) => boolean;

const has = (document: JsonObject, path: string, value: string): boolean => {
  const found = find(document, path);
  return Array.isArray(found) ? found.includes(value) : found === value;
};

/** https://learn.microsoft.com/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor */
const WINDOWS: Readonly<Record<string, ReadonlySet<string>>> = {
  Security: new Set([
    '1102',
    '4625',
    '4697',
    '4698',
    '4702',
    '4719',
    '4720',
    '4722',
    '4724',
    '4725',
    '4726',
    '4728',
    '4732',
    '4738',
    '4740',
    '4756',
    '4771',
  ]),
  System: new Set(['104', '7045']),
  'Microsoft-Windows-Sysmon/Operational': new Set(['8', '10', '25']),
};

/** An access to the memory of lsass.exe; others are many. */
const isOtherAccess: Test = (document) =>
  has(document, 'winlog.event_id', '10') &&
  !/\\lsass\.exe$/i.test(String(find(document, 'winlog.event_data.TargetImage')));

const windows: Test = (document) =>
  WINDOWS[String(find(document, 'winlog.channel'))]?.has(String(find(document, 'winlog.event_id'))) === true &&
  !(has(document, 'winlog.channel', 'Microsoft-Windows-Sysmon/Operational') && isOtherAccess(document));

const PRIVILEGED = new Set(['sudo', 'su', 'pkexec', 'doas']);
const auth: Test = (document) =>
  has(document, 'event.dataset', 'system.auth') && PRIVILEGED.has(String(find(document, 'process.name')));

const failedLogon: Test = (document) =>
  has(document, 'event.category', 'authentication') && has(document, 'event.outcome', 'failure');
const accountChange: Test = (document) =>
  has(document, 'event.category', 'iam') && !has(document, 'event.type', 'info');

/** The key that a rule of auditctl has: `-k identity`. */
const auditRule: Test = (document) => {
  const key = find(document, 'auditd.keys[]') ?? find(document, 'auditd.log.key');
  return typeof key === 'string' && key !== '' && key !== '(null)';
};

const TESTS: readonly Test[] = [windows, auth, failedLogon, accountChange, auditRule];

export const isChosen: Test = (document) => TESTS.some((test) => test(document));
