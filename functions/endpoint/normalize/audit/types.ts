/**
 * Types of audit records. The kernel's own lines have numbers: linux/audit.h and audit-records.h.
 * Actions have the names that Auditbeat gives them, so that rules for the one find the other.
 */

const NUMBERS: Readonly<Record<string, string>> = {
  1006: 'LOGIN',
  1100: 'USER_AUTH',
  1101: 'USER_ACCT',
  1103: 'CRED_ACQ',
  1104: 'CRED_DISP',
  1105: 'USER_START',
  1106: 'USER_END',
  1110: 'CRED_REFR',
  1112: 'USER_LOGIN',
  1130: 'SERVICE_START',
  1131: 'SERVICE_STOP',
  1300: 'SYSCALL',
  1302: 'PATH',
  1305: 'CONFIG_CHANGE',
  1306: 'SOCKADDR',
  1307: 'CWD',
  1309: 'EXECVE',
  1326: 'SECCOMP',
  1327: 'PROCTITLE',
  1330: 'KERN_MODULE',
  1334: 'BPF',
  1400: 'AVC',
  1403: 'MAC_POLICY_LOAD',
  1404: 'MAC_STATUS',
  1700: 'ANOM_PROMISCUOUS',
  1701: 'ANOM_ABEND',
};

export const typeName = (type: string): string => NUMBERS[type.replace(/^UNKNOWN\[(\d+)\]$/, '$1')] ?? type;

/** Records that describe another record of their event. */
export const CONTINUATIONS: ReadonlySet<string> = new Set([
  'BPRM_FCAPS',
  'CAPSET',
  'CWD',
  'EOE',
  'EXECVE',
  'FD_PAIR',
  'IPC',
  'KERN_MODULE',
  'MMAP',
  'OBJ_PID',
  'PATH',
  'PROCTITLE',
  'SOCKADDR',
  'SOCKETCALL',
  'TIME_ADJNTPVAL',
  'TIME_INJOFFSET',
]);
