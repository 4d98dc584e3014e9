/** Type of an audit record or name of a system call → category, types and action. */
import type { Fields } from '../document.ts';
import { categorized } from '../values.ts';

/** `names categories types action`, one row each. */
function table(rows: string): ReadonlyMap<string, readonly [action: string, categories: string, types: string]> {
  return new Map(
    rows
      .trim()
      .split('\n')
      .flatMap((row) => {
        const [names, categories, types, action] = row.trim().split(/ +/);
        return names.split(',').map((name) => [name, [action, categories, types]] as const);
      }),
  );
}

const RECORDS = table(`
  USER_LOGIN                  authentication,session start         logged-in
  USER_LOGOUT                 authentication,session end           logged-out
  USER_AUTH                   authentication         info          authenticated
  USER_ACCT                   authentication         info          was-authorized
  CRED_ACQ                    authentication         info          acquired-credentials
  CRED_REFR                   authentication         info          refreshed-credentials
  CRED_DISP                   authentication         info          disposed-credentials
  LOGIN                       authentication         start         changed-login-id-to
  USER_START                  session                start         started-session
  USER_END                    session                end           ended-session
  USER_CMD                    process                start         ran-command
  USER_ERR                    authentication         info          error
  GRP_AUTH                    authentication         info          authenticated-to-group
  ADD_USER                    iam                    user,creation added-user-account
  DEL_USER                    iam                    user,deletion deleted-user-account
  ADD_GROUP                   iam                    group,creation added-group-account-to
  DEL_GROUP                   iam                    group,deletion deleted-group-account-from
  USER_MGMT                   iam                    user,change   modified-user-account
  GRP_MGMT                    iam                    group,change  modified-group-account
  USER_CHAUTHTOK,GRP_CHAUTHTOK iam                   user,change   changed-password
  ACCT_LOCK                   iam                    user,change   locked-account
  ACCT_UNLOCK                 iam                    user,change   unlocked-account
  ROLE_ASSIGN,USER_ROLE_CHANGE iam                   user,change   assigned-user-role-to
  SERVICE_START               process                start         started-service
  SERVICE_STOP                process                end           stopped-service
  SYSTEM_BOOT                 host                   start         booted-system
  SYSTEM_SHUTDOWN             host                   end           shutdown-system
  SYSTEM_RUNLEVEL             host                   change        changed-to-runlevel
  DAEMON_START                process                start         started-audit
  DAEMON_END                  process                end           shutdown-audit
  DAEMON_ABORT                process                end           aborted-auditd-startup
  DAEMON_CONFIG,CONFIG_CHANGE configuration          change        changed-audit-configuration
  FEATURE_CHANGE              configuration          change        changed-audit-feature
  AVC,USER_AVC,SELINUX_ERR,USER_SELINUX_ERR intrusion_detection info violated-selinux-policy
  MAC_STATUS                  configuration          change        changed-selinux-enforcement
  MAC_POLICY_LOAD             configuration          change        loaded-selinux-policy
  MAC_CONFIG_CHANGE           configuration          change        changed-selinux-boolean
  SECCOMP                     intrusion_detection    info          violated-seccomp-policy
  ANOM_ABEND                  process                end           crashed-program
  ANOM_PROMISCUOUS            network                info          changed-promiscuous-mode-on-device
  ANOM_LOGIN_FAILURES         authentication         start         failed-log-in-too-many-times-to
  ANOM_LOGIN_ACCT             authentication         start         attempted-log-in-from-unusual-place-to
  ANOM_ROOT_TRANS             process                change        changed-identity-of
  KERN_MODULE                 driver                 start         loaded-kernel-module
  NETFILTER_CFG               configuration          change        loaded-firewall-rule-to
  BPF                         process                info          used-bpf
  TTY,USER_TTY                process                info          typed
  CHGRP_ID,CHUSER_ID          process                change        changed-identity-of
  CRYPTO_SESSION              process                info          started-crypto-session
  CRYPTO_KEY_USER,CRYPTO_LOGIN,CRYPTO_LOGOUT,CRYPTO_IPSEC_SA process info negotiated-crypto-key
  EXECVE                      process                start         executed
`);

const CALLS = table(`
  execve,execveat             process start         executed
  open,openat,openat2,creat,open_by_handle_at file access opened-file
  read,readlink,readlinkat,getxattr,lgetxattr,fgetxattr file access read-file
  write,pwrite64,writev,truncate,ftruncate file change changed-file
  unlink,unlinkat,rmdir       file    deletion      deleted
  rename,renameat,renameat2   file    change        renamed
  mkdir,mkdirat               file    creation      created-directory
  mknod,mknodat               file    creation      make-device
  link,linkat                 file    creation      linked
  symlink,symlinkat           file    creation      symlinked
  chmod,fchmod,fchmodat,fchmodat2 file change       changed-file-permissions-of
  chown,fchown,lchown,fchownat file   change        changed-file-ownership-of
  setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr,utime,utimes,utimensat,futimesat file change changed-file-attributes-of
  mount                       file    creation      mounted
  umount,umount2              file    deletion      unmounted
  pivot_root                  file    change        changed-root
  connect                     network start,connection connected-to
  accept,accept4              network start,connection accepted-connection-from
  bind                        network start         bound-socket
  listen                      network start         listen-for-connections
  sendto,sendmsg              network connection    sent-to
  recvfrom,recvmsg            network connection    received-from
  kill,tkill,tgkill           process end           killed-pid
  ptrace,process_vm_readv,process_vm_writev process access traced-process
  init_module,finit_module    driver  start         loaded-kernel-module
  delete_module               driver  end           unloaded-kernel-module
  setuid,setgid,setreuid,setregid,setresuid,setresgid,setfsuid,setfsgid process change changed-identity-of
  settimeofday,clock_settime,adjtimex,clock_adjtime host change changed-system-time
  sethostname,setdomainname   host    change        changed-system-name
  reboot                      host    change        rebooted-system
  exit,exit_group             process end           exited
`);

/** `apparmor="DENIED"` of an AVC record: Ubuntu has AppArmor in the place of SELinux. */
export function appArmorAction(word: string): Fields {
  if (word === 'STATUS') return categorized('changed-apparmor-profile', 'configuration', 'change', 'success');
  const outcome = word === 'DENIED' ? 'failure' : 'success';
  return categorized('violated-apparmor-policy', 'intrusion_detection', 'info', outcome);
}

/** Undefined: a type that says nothing by itself. */
export function recordAction(type: string, outcome: string | undefined): Fields | undefined {
  const row = RECORDS.get(type);
  return row && categorized(row[0], row[1], row[2], outcome);
}

export function callAction(call: string | undefined, outcome: string | undefined): Fields {
  const row = CALLS.get(call ?? '') ?? [call ?? 'syscall', 'process', 'info'];
  return categorized(row[0], row[1], row[2], outcome);
}
