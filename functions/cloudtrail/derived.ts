/** What rows can't say: parts of a record's values, put where rows find them as `derived.*`. */

import { ABSENT, STRING } from '../../shared/decode/jsonfields.ts';
import { isDigit, isLetter } from '../../shared/text/ascii.ts';
import { isIp } from '../../shared/text/ip.ts';
import type { FieldMap } from '../../shared/transform/bytes/compile.ts';

const READ = {
  eventSource: 'eventSource',
  address: 'sourceIPAddress',
  arn: 'userIdentity.arn',
  userName: 'userIdentity.userName',
  issuer: 'userIdentity.sessionContext.sessionIssuer.userName',
  invokedBy: 'userIdentity.invokedBy',
  host: 'tlsDetails.clientProvidedHostHeader',
  principalId: 'userIdentity.principalId',
  tlsVersion: 'tlsDetails.tlsVersion',
  tlsCipher: 'tlsDetails.cipherSuite',
  tlsCurve: 'tlsDetails.keyExchange',
  signedIn: 'additionalEventData.UserName',
  rootTarget: 'requestParameters.targetPrincipal',
  federatedName: 'requestParameters.name',
  federatedId: 'responseElements.federatedUser.federatedUserId',
  createdGroup: 'responseElements.group.groupId',
  roleArn: 'requestParameters.roleArn',
  roleId: 'responseElements.assumedRoleUser.assumedRoleId',
  roleSession: 'requestParameters.roleSessionName',
  switchTo: 'additionalEventData.SwitchTo',
  requestUser: 'requestParameters.userName',
  requestNewUser: 'requestParameters.newUserName',
  requestGroup: 'requestParameters.groupName',
  createdUser: 'responseElements.user.userId',
} as const;

const WRITTEN = {
  /** First label of eventSource. */
  service: 'derived.service',
  /** What the call came from, where it is an address, and where it is a service. */
  ip: 'derived.ip',
  domain: 'derived.domain',
  server: 'derived.server',
  /** Name of the user, or of the role that is assumed; the session names who assumed it. */
  user: 'derived.user',
  session: 'derived.session',
  /** Who a role is given to by this call: it acts as that from now on. */
  effectiveId: 'derived.effective.id',
  effectiveName: 'derived.effective.name',
  effectiveSession: 'derived.effective.session',
  /** Whom a call to IAM is about. */
  targetId: 'derived.target.id',
  targetName: 'derived.target.name',
  newName: 'derived.changes.name',
  group: 'derived.group',
  groupId: 'derived.group.id',
  /** The account whose root this call makes the caller. */
  root: 'derived.root',
} as const;

const INDEXES = { ...READ, ...WRITTEN };

/** Paths that are read and written here. */
export const PATHS: readonly string[] = Object.values(INDEXES);

const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;

/** Makes what fills `derived.*` after each `find`. */
export function deriver({ fields, indexOf }: FieldMap): () => void {
  const { starts, ends, kinds } = fields;
  const at = Object.fromEntries(Object.entries(INDEXES).map(([name, path]) => [name, indexOf(path)])) as Readonly<
    Record<keyof typeof INDEXES, number>
  >;

  const has = (from: number) => kinds[from] === STRING && starts[from] < ends[from];
  const set = (to: number, start: number, end: number) => fields.part(to, start, end);
  function alias(to: number, from: number): void {
    if (has(from)) set(to, starts[from], ends[from]);
  }
  /** Up to a byte. */
  function head(to: number, from: number, byte: number): void {
    if (has(from)) set(to, starts[from], index(fields.bytes, starts[from], ends[from], byte));
  }
  /** Behind the last slash. */
  function tail(to: number, from: number): void {
    if (has(from)) set(to, lastIndex(fields.bytes, starts[from], ends[from], SLASH) + 1, ends[from]);
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
  function identity(): void {
    if (!has(at.arn)) {
      alias(at.user, has(at.issuer) ? at.issuer : at.invokedBy);
    } else {
      const { bytes } = fields;
      const end = ends[at.arn];
      const resource = resourceOf(bytes, starts[at.arn], end);
      const last = lastIndex(bytes, resource, end, SLASH);
      if (startsWith(bytes, resource, end, ASSUMED_ROLE) && last >= resource + ASSUMED_ROLE.length) {
        set(at.user, resource + ASSUMED_ROLE.length, last);
        set(at.session, last + 1, end);
      } else {
        set(at.user, Math.max(resource, last + 1), end);
      }
    }
    if (isName(at.userName)) alias(at.user, at.userName);
    if (!has(at.user) && isName(at.signedIn)) alias(at.user, at.signedIn); // of Identity Center
    if (!has(at.session)) roleSession();
  }

  /** AWS writes a text of its own where it hides what somebody typed as a name: that may be a password. */
  const isName = (name: number) => has(name) && !isText(fields.bytes, starts[name], ends[name], HIDDEN);

  /** A role of another account has no ARN here: `AROA…:<session>`. */
  function roleSession(): void {
    if (!has(at.principalId)) return;
    const { bytes } = fields;
    const [start, end] = [starts[at.principalId], ends[at.principalId]];
    const colon = index(bytes, start, end, COLON);
    if (colon + 1 < end && startsWith(bytes, start, end, 'AROA')) set(at.session, colon + 1, end);
  }

  function origin(): void {
    if (!has(at.address)) return;
    const { bytes } = fields;
    const start = starts[at.address];
    const end = index(bytes, start, ends[at.address], COMMA); // of a list the first
    if (isIp(bytes, start, end)) set(at.ip, start, end);
    else if (end === ends[at.address] && isDomain(bytes, start, end)) set(at.domain, start, end);
  }

  /** AWS writes `-`, or the member's own name, where there is nothing. */
  function tls(): void {
    const { bytes } = fields;
    for (const [member, name] of TLS) {
      const from = at[member];
      const is =
        has(from) && (isText(bytes, starts[from], ends[from], '-') || isText(bytes, starts[from], ends[from], name));
      if (is) kinds[from] = ABSENT;
    }
  }

  function target(): void {
    const { bytes } = fields;
    const start = starts[at.service];
    const end = ends[at.service];
    if (isText(bytes, start, end, 'sts')) {
      tail(at.effectiveName, at.roleArn);
      if (!has(at.roleArn) && has(at.federatedId)) {
        alias(at.effectiveName, at.federatedName);
        alias(at.effectiveId, at.federatedId);
      }
      root();
      alias(at.effectiveId, at.roleId);
      alias(at.effectiveSession, at.roleSession);
    } else if (isText(bytes, start, end, 'signin')) {
      tail(at.effectiveName, at.switchTo);
    } else if (isText(bytes, start, end, 'iam')) {
      alias(at.targetName, at.requestUser);
      alias(at.targetId, at.createdUser);
      alias(at.newName, at.requestNewUser);
      alias(at.group, at.requestGroup);
      alias(at.groupId, at.createdGroup);
    }
  }

  /** The account, alone or in an ARN: `arn:aws:iam::210987654321:root`. */
  function root(): void {
    if (!has(at.rootTarget)) return;
    const { bytes } = fields;
    const [start, end] = [starts[at.rootTarget], ends[at.rootTarget]];
    const resource = startsWith(bytes, start, end, 'arn:') ? resourceOf(bytes, start, end) : end + 1;
    const from = resource > end ? start : lastIndex(bytes, start, resource - 1, COLON) + 1;
    set(at.root, from, Math.min(end, resource - 1));
    alias(at.effectiveId, at.root);
    alias(at.targetId, at.root);
  }

  return () => {
    head(at.service, at.eventSource, DOT);
    tls();
    head(at.server, at.host, COLON);
    origin();
    identity();
    if (has(at.service)) target();
  };
}

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const TLS = [
  ['tlsVersion', 'tlsVersion'],
  ['tlsCipher', 'cipherSuite'],
  ['tlsCurve', 'keyExchange'],
  ['host', 'clientProvidedHostHeader'],
] as const;

/** Labels of letters, digits, `-` and `_`, the last one with a letter in front: no address, no range, no list. */
function isDomain(bytes: Uint8Array, start: number, end: number): boolean {
  const last = lastIndex(bytes, start, end, DOT);
  if (last <= start || !isLetter(bytes[last + 1]) || last + 1 === end) return false;
  for (let at = start; at < end; at++) {
    const c = bytes[at];
    if (!isLetter(c) && !isDigit(c) && c !== DOT && c !== 45 && c !== 95) return false;
  }
  return true;
}

/** `…:assumed-role/<role>/<session>`; others are `…:user/<path>/<name>`, `…:federated-user/<name>`, `…:root`. */
const ASSUMED_ROLE = 'assumed-role/';

/** Behind the fifth colon of an ARN. */
function resourceOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let colons = 0; colons < 5 && at < end; colons++) at = index(bytes, at, end, COLON) + 1;
  return Math.min(at, end);
}

const isText = (bytes: Uint8Array, start: number, end: number, text: string): boolean =>
  end - start === text.length && startsWith(bytes, start, end, text);

export function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** `end` where there is none. */
function index(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/** `start` - 1 where there is none. */
function lastIndex(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let at = end - 1;
  while (at >= start && bytes[at] !== byte) at--;
  return at;
}
