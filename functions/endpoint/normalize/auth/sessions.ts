/** Sessions that systemd-logind opens and closes, and commands that cron starts. */
import type { Pattern } from '../patterns.ts';
import { categorized, command } from '../values.ts';

export const LOGIND: readonly Pattern[] = [
  [
    /^New session (?<id>\S{1,64}) of user (?<user>\S{1,256}?)\.?$/,
    ({ id, user }) => ({
      ...categorized('session-opened', 'session', 'start', 'success'),
      'user.name': user,
      'endpoint.session.id': id,
    }),
  ],
  [
    /^(?:Removed session|Session) (?<id>[^\s.]{1,64})(?: logged out)?\./,
    ({ id }) => ({ ...categorized('session-closed', 'session', 'end', 'success'), 'endpoint.session.id': id }),
  ],
];

export const CRON: readonly Pattern[] = [
  [
    /^\((?<user>[^\s()]{1,256})\) CMD \((?<line>[\s\S]*)\)$/,
    ({ user, line = '' }) => ({
      ...categorized('cron', 'process', 'start'),
      'user.name': user,
      ...command(line.split(' ').filter(Boolean), line),
    }),
  ],
  [
    /^\((?<user>[^\s()]{1,256})\) (?<action>REPLACE|DELETE|RELOAD) \((?<of>[^)]{1,256})\)$/,
    ({ user, action }) => ({
      ...categorized(`crontab-${action?.toLowerCase()}`, 'configuration', action === 'DELETE' ? 'deletion' : 'change'),
      'user.name': user,
    }),
  ],
];
