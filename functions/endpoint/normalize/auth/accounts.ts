/** Messages of shadow-utils about accounts and groups: useradd, usermod, userdel, groupadd, groupmod, groupdel, gpasswd, passwd, chage. */
import type { Fields } from '../document.ts';
import type { Groups, Pattern } from '../patterns.ts';
import { categorized } from '../values.ts';

const NAME = "'(?<user>[^']{1,256})'";
const GROUP = "'(?<group>[^']{1,256})'";

const iam =
  (action: string, types: string, outcome = 'success') =>
  ({ user, uid, group, gid, home, shell, to, by }: Groups): Fields => ({
    ...categorized(action, 'iam', types, outcome),
    'user.name': user,
    'user.id': uid,
    'user.changes.name': to,
    'group.name': group,
    'group.id': gid,
    'endpoint.account.home': home,
    'endpoint.account.shell': shell,
    'endpoint.account.by': by,
  });

const ADDED_MEMBER = iam('added-member-to-group', 'group,change');
const REMOVED_MEMBER = iam('removed-member-from-group', 'group,change');
const MODIFIED_USER = iam('modified-user-account', 'user,change');

const ALL: readonly Pattern[] = [
  [
    /^new user: name=(?<user>[^,\s]{1,256}), UID=(?<uid>\d{1,10}), GID=(?<gid>\d{1,10}), home=(?<home>[^,]{0,512}), shell=(?<shell>[^,]{0,512})/,
    iam('added-user-account', 'user,creation'),
  ],
  [/^new group: name=(?<group>[^,\s]{1,256}), GID=(?<gid>\d{1,10})/, iam('added-group-account', 'group,creation')],
  [
    /^group added to \S{1,64}: name=(?<group>[^,\s]{1,256})(?:, GID=(?<gid>\d{1,10}))?$/,
    iam('added-group-account', 'group,creation'),
  ],
  [new RegExp(`^failed adding user ${NAME}`), iam('added-user-account', 'user,creation', 'failure')],
  [new RegExp(`^add ${NAME} to (?:shadow )?group ${GROUP}$`), ADDED_MEMBER],
  [new RegExp(`^delete ${NAME} from (?:shadow )?group ${GROUP}$`), REMOVED_MEMBER],
  [/^user (?<user>\S{1,256}) added by (?<by>\S{1,256}) to group (?<group>\S{1,256})$/, ADDED_MEMBER],
  [/^user (?<user>\S{1,256}) removed by (?<by>\S{1,256}) from group (?<group>\S{1,256})$/, REMOVED_MEMBER],
  [new RegExp(`^delete user ${NAME}$`), iam('deleted-user-account', 'user,deletion')],
  [new RegExp(`^removed (?:shadow )?group ${GROUP}`), iam('deleted-group-account', 'group,deletion')],
  [new RegExp(`^group ${GROUP} removed(?: from \\S{1,64})?$`), iam('deleted-group-account', 'group,deletion')],
  [new RegExp(`^change user name ${NAME} to '(?<to>[^']{1,256})'$`), iam('renamed-user-account', 'user,change')],
  [new RegExp(`^change user ${NAME} password$`), iam('changed-password', 'user,change')],
  [new RegExp(`^lock user ${NAME} password$`), iam('locked-user-account', 'user,change')],
  [new RegExp(`^unlock user ${NAME} password$`), iam('unlocked-user-account', 'user,change')],
  [new RegExp(`^change user ${NAME} `), MODIFIED_USER],
  [/^changed password expiry for (?<user>\S{1,256})$/, MODIFIED_USER],
  [
    /^password for '?(?<user>[^\s']{1,256})'? changed by '?(?<by>[^\s']{1,256})'?$/,
    iam('changed-password', 'user,change'),
  ],
  [/^group changed in \S{1,64} \(group (?<group>[^\s/,)]{1,256})/, iam('modified-group-account', 'group,change')],
];

const PROGRAMS =
  'useradd usermod userdel groupadd groupmod groupdel gpasswd passwd chage chpasswd newusers adduser'.split(' ');

export const ACCOUNTS: readonly (readonly [string, readonly Pattern[]])[] = PROGRAMS.map(
  (name) => [name, ALL] as const,
);
