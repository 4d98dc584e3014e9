/** Who did it, as whom, and to whom. */
import type { Fields } from '../document.ts';
import { plain, untrusted } from './encoded.ts';
import type { AuditRecord } from './record.ts';

/** In these `acct` is the account that logs on. */
const LOGONS = /^(USER_(LOGIN|LOGOUT|AUTH|ACCT|START|END|ERR|CHAUTHTOK)|CRED_\w+|GRP_AUTH|ANOM_LOGIN_\w+)$/;
/** In these it is the account or the group that is changed. */
const USERS = /^(ADD_USER|DEL_USER|USER_MGMT|ACCT_(UN)?LOCK|ROLE_ASSIGN|USER_ROLE_CHANGE)$/;
const GROUPS = /^(ADD_GROUP|DEL_GROUP|GRP_MGMT|GRP_CHAUTHTOK)$/;

/** In: the record that tells what happened, and the one that tells by which process. */
export function userFields(main: AuditRecord, of: AuditRecord): Fields {
  const login = one(of, 'auid');
  const account = untrusted(main.values.get('acct'));
  const id = plain(main.values.get('id'));
  const named = account ?? plain(main.names.get('ID'));
  const session = plain(of.values.get('ses'));
  const common = { 'auditd.login.id': login.id, 'auditd.login.name': login.name, 'auditd.session': session };
  if (LOGONS.test(main.type)) return { ...common, 'user.name': named, 'user.id': id };
  if (main.type === 'LOGIN') return { ...common, 'user.name': login.name, 'user.id': login.id };
  const uid = one(of, 'uid');
  const euid = one(of, 'euid');
  const isOther = euid.id !== uid.id;
  return {
    ...common,
    'user.id': uid.id,
    'user.name': uid.name,
    'user.effective.id': isOther ? euid.id : undefined,
    'user.effective.name': isOther ? euid.name : undefined,
    'user.group.id': plain(of.values.get('gid')),
    'user.group.name': plain(of.names.get('GID')),
    ...(USERS.test(main.type) ? { 'user.target.name': named, 'user.target.id': id } : {}),
    ...(GROUPS.test(main.type) ? { 'group.name': untrusted(main.values.get('grp')) ?? named, 'group.id': id } : {}),
  };
}

/** The name of an id, where auditd wrote it (`log_format = ENRICHED`); 0 is root everywhere. */
function one({ values, names }: AuditRecord, name: string): { id: string | undefined; name: string | undefined } {
  const id = plain(values.get(name));
  if (id === undefined) return { id, name: undefined };
  return { id, name: plain(names.get(name.toUpperCase())) ?? (id === '0' ? 'root' : undefined) };
}
