/** Event ids of Windows → category, types and action, with the names that Winlogbeat's modules give them. */

export interface Category {
  readonly categories: readonly string[];
  readonly types: readonly string[];
  readonly action: string;
}

/** One row each: `ids categories types action`; an action may have spaces. */
function table(rows: string): ReadonlyMap<string, Category> {
  const parsed = rows
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [ids, categories, types, ...action] = row.trim().split(/ +/);
      const category = { categories: categories.split(','), types: types.split(','), action: action.join(' ') };
      return ids.split(',').map((id) => [id, category] as const);
    });
  return new Map(parsed);
}

/** https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor */
export const SECURITY = table(`
  1100                process                end             logging-service-shutdown
  1102                iam                    admin,change    audit-log-cleared
  1104                iam                    admin           logging-full
  1105                iam                    admin           auditlog-archieved
  1108                iam                    admin           logging-processing-error
  4610                configuration          access          authentication-package-loaded
  4611                configuration          change          trusted-logon-process-registered
  4614                configuration          access          notification-package-loaded
  4616                configuration          change          system-time-changed
  4622                configuration          access          security-package-loaded
  4624                authentication         start           logged-in
  4625                authentication         start           logon-failed
  4634,4647           authentication         end             logged-out
  4648                authentication         start           logged-in-explicit
  4657                registry,configuration change          registry-value-modified
  4670                iam,configuration      admin,change    permissions-changed
  4672                iam                    admin           logged-in-special
  4673                iam                    admin           privileged-service-called
  4674                iam                    admin           privileged-operation
  4688                process                start           created-process
  4689                process                end             exited-process
  4697                iam,configuration      admin,change    service-installed
  4698                iam,configuration      creation,admin  scheduled-task-created
  4699                iam,configuration      deletion,admin  scheduled-task-deleted
  4700                iam,configuration      change,admin    scheduled-task-enabled
  4701                iam,configuration      change,admin    scheduled-task-disabled
  4702                iam,configuration      change,admin    scheduled-task-updated
  4706                configuration          creation        domain-trust-added
  4707                configuration          deletion        domain-trust-removed
  4713                configuration          change          kerberos-policy-changed
  4714                configuration          change          encrypted-data-recovery-policy-changed
  4715                configuration          change          object-audit-policy-changed
  4716                configuration          change          trusted-domain-information-changed
  4717                iam,configuration      admin,change    system-security-access-granted
  4718                iam,configuration      admin,deletion  system-security-access-removed
  4719                iam,configuration      admin,change    changed-audit-config
  4720                iam                    user,creation   added-user-account
  4722                iam                    user,change     enabled-user-account
  4723                iam                    user,change     changed-password
  4724                iam                    user,change     reset-password
  4725                iam                    user,deletion   disabled-user-account
  4726                iam                    user,deletion   deleted-user-account
  4727,4731,4754      iam                    group,creation  added-group-account
  4728,4732,4756      iam                    group,change    added-member-to-group
  4729,4733,4757      iam                    group,change    removed-member-from-group
  4730,4734,4758      iam                    group,deletion  deleted-group-account
  4735,4737,4755      iam                    group,change    modified-group-account
  4738                iam                    user,change     modified-user-account
  4739                configuration          change          domain-policy-changed
  4740                iam                    user,change     locked-out-user-account
  4741                iam                    creation,admin  added-computer-account
  4742                iam                    change,admin    changed-computer-account
  4743                iam                    deletion,admin  deleted-computer-account
  4744,4749,4759      iam                    group,creation  added-distribution-group-account
  4745,4750,4760      iam                    group,change    changed-distribution-group-account
  4746,4751,4761      iam                    group,change    added-member-to-distribution-group
  4747,4752,4762      iam                    group,change    removed-member-from-distribution-group
  4748,4753,4763      iam                    group,deletion  deleted-distribution-group-account
  4764                iam                    group,change    type-changed-group-account
  4765,4766           iam                    user,change     modified-user-account
  4767                iam                    user,change     unlocked-user-account
  4768                authentication         start           kerberos-authentication-ticket-requested
  4769                authentication         start           kerberos-service-ticket-requested
  4770                authentication         start           kerberos-service-ticket-renewed
  4771                authentication         start           kerberos-preauth-failed
  4772,4773           authentication         start           kerberos-ticket-request-failed
  4774,4775           authentication         start           account-mapped
  4776                authentication         start           credential-validated
  4777                authentication         start           credential-validation-failed
  4778                authentication,session start           session-reconnected
  4779                authentication,session end             session-disconnected
  4781                iam                    user,change     renamed-user-account
  4798                iam                    user,info       group-membership-enumerated
  4799                iam                    group,info      user-member-enumerated
  4817                iam,configuration      admin,change    object-audit-changed
  4902                iam,configuration      admin,creation  user-audit-policy-created
  4904                iam,configuration      admin,change    security-event-source-added
  4905                iam,configuration      admin,deletion  security-event-source-removed
  4906                iam,configuration      admin,change    crash-on-audit-changed
  4907                iam,configuration      admin,change    audit-setting-changed
  4908                iam,configuration      admin,change    special-group-table-changed
  4912                iam,configuration      admin,change    per-user-audit-policy-changed
  4950                configuration          change          windows-firewall-setting-changed
  4954                configuration          change          windows-firewall-group-policy-changed
  4964                iam                    admin,group     logged-in-special
  5024                process                start           windows-firewall-service-started
  5025                process                end             windows-firewall-service-stopped
  5033                driver                 start           windows-firewall-driver-started
  5034,5037           driver                 end             windows-firewall-driver-stopped
  5140                network,file           info,access     network-share-object-accessed
  5145                network,file           info,access     network-share-object-access-checked
`);

/** The System channel: Service Control Manager and Eventlog. */
export const SYSTEM = table(`
  7045                iam,configuration      admin,change    service-installed
  104                 iam                    admin,change    log-cleared
`);

/** https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon#events */
export const SYSMON = table(`
  1                   process                start           Process creation
  2                   file                   change          A process changed a file creation time
  3                   network                start,connection,protocol Network connection
  4                   process                change          Sysmon service state changed
  5                   process                end             Process terminated
  6                   driver                 start           Driver loaded
  7                   process                change          Image loaded
  8                   process                change          CreateRemoteThread
  9                   process                access          RawAccessRead
  10                  process                access          ProcessAccess
  11                  file                   creation        FileCreate
  12                  configuration,registry change          RegistryEvent (Object create and delete)
  13                  configuration,registry change          RegistryEvent (Value Set)
  14                  configuration,registry change          RegistryEvent (Key and Value Rename)
  15                  file                   access          FileCreateStreamHash
  16                  configuration          change          ServiceConfigurationChange
  17                  file                   creation        PipeEvent (Pipe Created)
  18                  file                   access          PipeEvent (Pipe Connected)
  19                  process                info            WmiEvent (WmiEventFilter activity detected)
  20                  process                change          WmiEvent (WmiEventConsumer activity detected)
  21                  process                access          WmiEvent (WmiEventConsumerToFilter activity detected)
  22                  network                connection,protocol,info DNSEvent (DNS query)
  23                  file                   deletion        FileDelete (File Delete archived)
  24                  process                change          ClipboardChange (New content in the clipboard)
  25                  process                change          ProcessTampering (Process image change)
  26                  file                   deletion        FileDeleteDetected (File Delete logged)
  27                  file                   creation        FileBlockExecutable
  28                  file                   deletion        FileBlockShredding
  29                  file                   creation        FileExecutableDetected
  255                 process                info            Error
`);

export const POWERSHELL = table(`
  400,4105            process                start           Engine Lifecycle
  403,4106            process                end             Engine Lifecycle
  600                 process                info            Provider Lifecycle
  800                 process                info            Pipeline Execution Details
  4103                process                info            Executing Pipeline
  4104                process                info            Execute a Remote Command
`);
