/** Messages of PAM's modules, which any program may write: `pam_unix(sshd:session): session opened for user bob(uid=1000) by (uid=0)`. */
import type { Fields } from '../document.ts';
import type { Groups, Pattern } from '../patterns.ts';
import { categorized, peer } from '../values.ts';

const MODULE = String.raw`^(?<module>pam_\w{1,32})\((?<service>[^\s:()]{1,64}):(?<step>\w{1,32})\): `;
const USER = String.raw`(?<user>[^\s()]{1,256})(?:\(uid=(?<uid>\d{1,10})\))?`;

const of = ({ module, service }: Groups): Fields => ({
  'endpoint.pam.module': module,
  'endpoint.pam.service': service,
});

const session =
  (action: string, type: string) =>
  (groups: Groups): Fields => ({
    ...categorized(action, 'session', type, 'success'),
    'user.name': groups.user,
    'user.id': groups.uid,
    ...of(groups),
  });

/** `logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root`. The client chooses `user`, which stands last. */
function failure(groups: Groups): Fields {
  const { pairs = '' } = groups;
  const value = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S{1,256})`).exec(pairs)?.[1];
  return {
    ...categorized('authentication-failure', 'authentication', 'start', 'failure'),
    'user.name': /\suser=(.{1,256})$/.exec(pairs)?.[1] ?? value('ruser'),
    ...peer('source', value('rhost')),
    ...of(groups),
  };
}

export const PAM: readonly Pattern[] = [
  [new RegExp(`${MODULE}session opened for user ${USER}(?: by .{0,256})?$`), session('session-opened', 'start')],
  [new RegExp(`${MODULE}session closed for user ${USER}$`), session('session-closed', 'end')],
  [new RegExp(`${MODULE}(?:\\d{1,5} more )?authentication failures?; (?<pairs>.{0,1024})$`), failure],
  [/^PAM \d{1,5} more authentication failures?; (?<pairs>.{0,1024})$/, failure],
  [
    new RegExp(`${MODULE}password changed for ${USER}$`),
    (groups) => ({
      ...categorized('changed-password', 'iam', 'user,change', 'success'),
      'user.name': groups.user,
      ...of(groups),
    }),
  ],
];
