/**
 * Messages of OpenSSH's server: auth.c, auth2.c, packet.c.
 * A client chooses the user name, which may hold ` from 192.0.2.1 port 22`: the address is always the last one of the message.
 */
import type { Fields } from '../document.ts';
import type { Groups, Pattern } from '../patterns.ts';
import { categorized, peer } from '../values.ts';

const ANY = String.raw`[\s\S]`;
/** Messages are bounded: programs.ts. */
const USER = `(?<user>${ANY}*)`;
const FROM = String.raw`(?<host>\S{1,255})(?: port (?<port>\d{1,5}))?`;
/** Of versions before 7.0, which write no port. */
const ADDRESS = '(?<host>[\\d.a-fA-F:]{2,44}[\\da-fA-F])';
const FROM_PORT = String.raw`(?<host>\S{1,255}) port (?<port>\d{1,5})`;

const pattern = (...parts: string[]): RegExp => new RegExp(`^${parts.join('')}$`);

function login(event: string, outcome: string, { user, host, port, method, key }: Groups): Fields {
  return {
    ...categorized('ssh_login', outcome === 'success' ? 'authentication,session' : 'authentication', 'info', outcome),
    'user.name': user?.trim(),
    ...peer('source', host, port),
    'network.protocol': 'ssh',
    'endpoint.ssh.event': event,
    'endpoint.ssh.method': method,
    'endpoint.ssh.signature': key,
  };
}

function disconnect({ user, host, port }: Groups): Fields {
  return {
    ...categorized('ssh_disconnect', 'network', 'connection,end'),
    'user.name': user?.trim(),
    ...peer('source', host, port),
    'network.protocol': 'ssh',
  };
}

const failed = (event: string) => (groups: Groups) => login(event, 'failure', groups);

export const SSHD: readonly Pattern[] = [
  [
    pattern(String.raw`Accepted (?<method>\S{1,64}) for ${USER} from ${FROM}(?: ssh\d)?(?:: (?<key>${ANY}+))?`),
    (groups) => login('Accepted', 'success', groups),
  ],
  [
    pattern(
      String.raw`Failed (?<method>\S{1,64}) for (?:invalid user |illegal user )?${USER} from ${FROM}(?: ssh\d)?(?:: (?<key>${ANY}+))?`,
    ),
    failed('Failed'),
  ],
  [pattern(`Invalid user ${USER} from ${FROM}`), failed('Invalid')],
  [
    pattern(
      `error: maximum authentication attempts exceeded for (?:invalid user )?${USER} from ${FROM}(?: ssh\\d)?(?: \\[preauth\\])?`,
    ),
    failed('Failed'),
  ],
  [pattern(`User ${USER} from ${FROM} not allowed because ${ANY}+`), failed('Failed')],
  [
    pattern(`ROOT LOGIN REFUSED FROM ${FROM}(?: \\[preauth\\])?`),
    (groups) => login('Failed', 'failure', { ...groups, user: 'root' }),
  ],
  [
    pattern(
      `(?:Disconnected from|Connection (?:closed|reset) by)(?: authenticating user| invalid user| user)? (?:${USER} )?${FROM_PORT}(?: \\[preauth\\])?`,
    ),
    disconnect,
  ],
  [pattern(`Connection (?:closed|reset) by ${ADDRESS}(?: \\[preauth\\])?`), disconnect],
  [
    pattern(`(?:error: )?Received disconnect from ${ADDRESS}(?: port (?<port>\\d{1,5}))?: ?\\d{1,5}: ${ANY}*`),
    disconnect,
  ],
  [
    pattern(
      `Disconnecting authenticating user ${USER} ${FROM_PORT}: Too many authentication failures(?: \\[preauth\\])?`,
    ),
    failed('Failed'),
  ],
  [pattern(`Disconnecting: Too many authentication failures for ${USER}(?: \\[preauth\\])?`), failed('Failed')],
  [pattern(`Did not receive identification string from ${FROM}`), disconnect],
  [pattern(`refused connect from ${ANY}*\\((?<host>\\S{1,255})\\)`), failed('refused')],
];
