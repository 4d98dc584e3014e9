/** Numbers of Windows' security events in words. */

/** https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4624 */
export const LOGON_TYPES: Readonly<Record<string, string>> = {
  0: 'System',
  2: 'Interactive',
  3: 'Network',
  4: 'Batch',
  5: 'Service',
  7: 'Unlock',
  8: 'NetworkCleartext',
  9: 'NewCredentials',
  10: 'RemoteInteractive',
  11: 'CachedInteractive',
  12: 'CachedRemoteInteractive',
  13: 'CachedUnlock',
};

/** NTSTATUS of failed logons: [MS-ERREF] 2.3.1, event 4625. */
export const STATUS: Readonly<Record<string, string>> = {
  '0x0': 'Status OK.',
  '0xc000005e': 'There are currently no logon servers available to service the logon request',
  '0xc0000064': 'User logon with misspelled or bad user account',
  '0xc000006a': 'User logon with misspelled or bad password',
  '0xc000006d': 'This is either due to a bad username or authentication information',
  '0xc000006e': 'Unknown user name or bad password',
  '0xc000006f': 'User logon outside authorized hours',
  '0xc0000070': 'User logon from unauthorized workstation',
  '0xc0000071': 'User logon with expired password',
  '0xc0000072': 'User logon to account disabled by administrator',
  '0xc00000dc': 'Indicates the Sam Server was in the wrong state to perform the desired operation',
  '0xc0000133': 'Clocks between DC and other computer too far out of sync',
  '0xc000015b': 'The user has not been granted the requested logon type (aka logon right) at this machine',
  '0xc000018c':
    'The logon request failed because the trust relationship between the primary domain and the trusted domain failed',
  '0xc0000192': 'An attempt was made to logon, but the Netlogon service was not started',
  '0xc0000193': 'User logon with expired account',
  '0xc0000224': 'User is required to change password at next logon',
  '0xc0000225': 'Evidently a bug in Windows and not a risk',
  '0xc0000234': 'User logon with account locked',
  '0xc00002ee': 'Failure Reason: An Error occurred during Logon',
  '0xc0000371': 'The local account store does not contain secret material for the specified account',
  '0xc0000413': 'Logon Failure: The machine is protected by an authentication firewall',
};

/** `FailureReason` of 4625: messages of msobjs.dll. */
export const REASONS: Readonly<Record<string, string>> = {
  '%%2304': 'An Error occurred during Logon.',
  '%%2305': 'The specified user account has expired.',
  '%%2306': 'The NetLogon component is not active.',
  '%%2307': 'Account locked out.',
  '%%2308': 'The user has not been granted the requested logon type at this machine.',
  '%%2309': "The specified account's password has expired.",
  '%%2310': 'Account currently disabled.',
  '%%2311': 'Account logon time restriction violation.',
  '%%2312': 'User not allowed to logon at this computer.',
  '%%2313': 'Unknown user name or bad password.',
};

/** https://www.rfc-editor.org/rfc/rfc4120#section-7.5.9, events 4768 to 4771 */
export const KERBEROS: Readonly<Record<string, string>> = Object.fromEntries(
  `0x0 KDC_ERR_NONE|0x1 KDC_ERR_NAME_EXP|0x2 KDC_ERR_SERVICE_EXP|0x3 KDC_ERR_BAD_PVNO|0x4 KDC_ERR_C_OLD_MAST_KVNO
0x5 KDC_ERR_S_OLD_MAST_KVNO|0x6 KDC_ERR_C_PRINCIPAL_UNKNOWN|0x7 KDC_ERR_S_PRINCIPAL_UNKNOWN|0x8 KDC_ERR_PRINCIPAL_NOT_UNIQUE
0x9 KDC_ERR_NULL_KEY|0xa KDC_ERR_CANNOT_POSTDATE|0xb KDC_ERR_NEVER_VALID|0xc KDC_ERR_POLICY|0xd KDC_ERR_BADOPTION
0xe KDC_ERR_ETYPE_NOTSUPP|0xf KDC_ERR_SUMTYPE_NOSUPP|0x10 KDC_ERR_PADATA_TYPE_NOSUPP|0x11 KDC_ERR_TRTYPE_NO_SUPP
0x12 KDC_ERR_CLIENT_REVOKED|0x13 KDC_ERR_SERVICE_REVOKED|0x14 KDC_ERR_TGT_REVOKED|0x15 KDC_ERR_CLIENT_NOTYET
0x16 KDC_ERR_SERVICE_NOTYET|0x17 KDC_ERR_KEY_EXPIRED|0x18 KDC_ERR_PREAUTH_FAILED|0x19 KDC_ERR_PREAUTH_REQUIRED
0x1a KDC_ERR_SERVER_NOMATCH|0x1b KDC_ERR_MUST_USE_USER2USER|0x1f KRB_AP_ERR_BAD_INTEGRITY|0x20 KRB_AP_ERR_TKT_EXPIRED
0x21 KRB_AP_ERR_TKT_NYV|0x22 KRB_AP_ERR_REPEAT|0x23 KRB_AP_ERR_NOT_US|0x24 KRB_AP_ERR_BADMATCH|0x25 KRB_AP_ERR_SKEW
0x26 KRB_AP_ERR_BADADDR|0x27 KRB_AP_ERR_BADVERSION|0x28 KRB_AP_ERR_MSG_TYPE|0x29 KRB_AP_ERR_MODIFIED|0x2a KRB_AP_ERR_BADORDER
0x2c KRB_AP_ERR_BADKEYVER|0x2d KRB_AP_ERR_NOKEY|0x2e KRB_AP_ERR_MUT_FAIL|0x2f KRB_AP_ERR_BADDIRECTION|0x30 KRB_AP_ERR_METHOD
0x31 KRB_AP_ERR_BADSEQ|0x32 KRB_AP_ERR_INAPP_CKSUM|0x33 KRB_AP_PATH_NOT_ACCEPTED|0x34 KRB_ERR_RESPONSE_TOO_BIG
0x3c KRB_ERR_GENERIC|0x3d KRB_ERR_FIELD_TOOLONG|0x3e KDC_ERR_CLIENT_NOT_TRUSTED|0x3f KDC_ERR_KDC_NOT_TRUSTED
0x40 KDC_ERR_INVALID_SIG|0x41 KDC_ERR_KEY_TOO_WEAK|0x42 KRB_AP_ERR_USER_TO_USER_REQUIRED|0x43 KRB_AP_ERR_NO_TGT
0x44 KDC_ERR_WRONG_REALM`
    .split(/[|\n]/)
    .map((row) => row.split(' ')),
);

/** https://www.iana.org/assignments/kerberos-parameters */
export const ENCRYPTION: Readonly<Record<string, string>> = {
  '0x1': 'DES-CBC-CRC',
  '0x3': 'DES-CBC-MD5',
  '0x11': 'AES128-CTS-HMAC-SHA1-96',
  '0x12': 'AES256-CTS-HMAC-SHA1-96',
  '0x17': 'RC4-HMAC',
  '0x18': 'RC4-HMAC-EXP',
  '0xffffffff': 'FAIL',
};

/** `lpServiceType`: https://learn.microsoft.com/en-us/windows/win32/api/winsvc/nf-winsvc-createservicew */
export const SERVICE_TYPES: Readonly<Record<string, string>> = {
  '0x1': 'Kernel Driver',
  '0x2': 'File System Driver',
  '0x8': 'Recognizer Driver',
  '0x10': 'Win32 Own Process',
  '0x20': 'Win32 Share Process',
  '0x110': 'Interactive Own Process',
  '0x120': 'Interactive Share Process',
};

/** The word for a number, whatever its case and leading zeros. */
export function wordOf(table: Readonly<Record<string, string>>, code: string | undefined): string | undefined {
  const key = code?.toLowerCase().replace(/^0x0+(?=.)/, '0x');
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
