/** Who an event of the Security channel is about: the subject acts, the target is acted on or logs on. */
import type { Fields } from '../document.ts';
import type { Data } from './data.ts';

const ids = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** The target is the user. */
const TARGETS = ids('4624 4625 4634 4647 4768 4769 4770 4771 4772 4773 4776 4777 4778 4779 4964');
/** The target is another account. */
const ON_USERS = ids('4670 4720 4722 4723 4724 4725 4726 4738 4740 4765 4766 4767 4781 4798 4817 4907');
/** The subject acts as the target. */
const AS_TARGETS = ids('4648 4688');

const isGroup = (id: string): boolean =>
  (id >= '4727' && id <= '4764' && !/^47(38|39|4[0-3])$/.test(id)) || id === '4799';

export function securityUsers(id: string, data: Data): Fields {
  if (TARGETS.has(id)) return targetFields('user', data);
  const subject = {
    'user.id': data('SubjectUserSid'),
    'user.name': data('SubjectUserName'),
    'user.domain': data('SubjectDomainName'),
  };
  if (isGroup(id)) return { ...subject, ...groupFields(data) };
  if (AS_TARGETS.has(id)) return { ...subject, ...targetFields('user.effective', data) };
  if (ON_USERS.has(id)) return { ...subject, ...targetFields('user.target', data), ...renamed(data) };
  return subject;
}

/** `bob@EXAMPLE.COM` is bob, as Kerberos writes it. 4776 and 4778 have fields of their own. */
function targetFields(prefix: string, data: Data): Fields {
  const name = data('TargetUserName') ?? data('AccountName');
  return {
    [`${prefix}.id`]: data('TargetUserSid') ?? data('TargetSid'),
    [`${prefix}.name`]: name?.split('@')[0],
    [`${prefix}.domain`]: data('TargetDomainName') ?? data('AccountDomain'),
  };
}

/** 4781 */
const renamed = (data: Data): Fields =>
  data('NewTargetUserName') === undefined
    ? {}
    : {
        'user.target.name': data('OldTargetUserName'),
        'user.changes.name': data('NewTargetUserName'),
      };

function groupFields(data: Data): Fields {
  const group = {
    id: data('TargetSid') ?? data('TargetUserSid'),
    name: data('TargetUserName'),
    domain: data('TargetDomainName'),
  };
  const member = data('MemberName');
  const name =
    member === undefined
      ? undefined
      : (/^CN=((?:[^,\\]|\\.){1,256})/i.exec(member)?.[1].replace(/\\(.)/g, '$1') ?? member);
  const hasMember = member !== undefined || data('MemberSid') !== undefined;
  return {
    'group.id': group.id,
    'group.name': group.name,
    'group.domain': group.domain,
    'user.target.id': data('MemberSid'),
    'user.target.name': name,
    'user.target.group.id': hasMember ? group.id : undefined,
    'user.target.group.name': hasMember ? group.name : undefined,
    'user.target.group.domain': hasMember ? group.domain : undefined,
  };
}
