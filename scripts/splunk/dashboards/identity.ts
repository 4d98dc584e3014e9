import { BLOCKED, byAction, number, OVER_TIME, PLAIN, SEVERITY_COLORS, table } from './look.ts';
import type { Dashboard } from './model.ts';

const WHO = `eval who=coalesce('userIdentity.userName','userIdentity.sessionContext.sessionIssuer.userName','userIdentity.arn','userIdentity.invokedBy'), account=coalesce(recipientAccountId,'userIdentity.accountId')`;

export const identity: Dashboard = {
  id: 'identity',
  title: 'Identity',
  description:
    'Who signed in, who changed what and who was refused, by CloudTrail. Off for Splunk by default (cloudtrailRoute)',
  earliest: '-24h@h',
  inputs: [{ token: 'account', title: 'Account', kind: 'text', initial: '*' }],
  bases: {
    calls: `\`bongsu_events_cloudtrail\` | dedup event_id | ${WHO} | search account="$account$" | eval outcome=if(isnull(errorCode) AND NOT coalesce('responseElements.ConsoleLogin',"Success")="Failure","success","failure"), mfa=coalesce('additionalEventData.MFAUsed',"No") | fields _time who account eventName eventSource errorCode outcome mfa sourceIPAddress readOnly userIdentity.type`,
  },
  rows: [
    {
      height: 110,
      panels: [
        number({
          id: 'signins',
          title: 'Sign-ins',
          width: 3,
          base: 'calls',
          query: '| search eventName="ConsoleLogin" | stats count',
        }),
        number(
          {
            id: 'failed',
            title: 'Failed sign-ins',
            width: 3,
            base: 'calls',
            query: '| search eventName="ConsoleLogin" outcome="failure" | stats count',
          },
          BLOCKED,
        ),
        number(
          {
            id: 'no_mfa',
            title: 'Sign-ins without MFA',
            width: 3,
            base: 'calls',
            query: '| search eventName="ConsoleLogin" outcome="success" mfa="No" | stats count',
          },
          SEVERITY_COLORS.high,
        ),
        number(
          {
            id: 'root',
            title: 'Calls by root',
            width: 3,
            base: 'calls',
            query: '| search userIdentity.type="Root" | stats count',
          },
          SEVERITY_COLORS.critical,
        ),
      ],
    },
    {
      height: 280,
      panels: [
        {
          id: 'time',
          title: 'API calls',
          kind: 'column',
          width: 8,
          base: 'calls',
          query: '| timechart count BY outcome',
          options: { ...OVER_TIME, ...byAction },
        },
        {
          id: 'errors',
          title: 'Why calls failed',
          kind: 'bar',
          width: 4,
          base: 'calls',
          query: '| where isnotnull(errorCode) | stats count BY errorCode | sort 8 -count',
          options: PLAIN,
        },
      ],
    },
    {
      height: 330,
      panels: [
        {
          id: 'people',
          title: 'Who was refused',
          width: 7,
          ...table(8),
          base: 'calls',
          query:
            '| stats count(eval(outcome="failure")) AS failed, count AS calls, dc(sourceIPAddress) AS addresses, dc(eventSource) AS services BY who account | where failed>0 | sort 50 -failed',
        },
        {
          id: 'changes',
          title: 'Changes',
          width: 5,
          ...table(8),
          base: 'calls',
          query:
            '| search readOnly="false" outcome="success" NOT eventName="ConsoleLogin" | stats count, values(who) AS who, latest(sourceIPAddress) AS address BY eventName | eval who=mvjoin(mvindex(who,0,2),", ") | sort 50 -count',
        },
      ],
    },
    {
      height: 300,
      panels: [
        {
          id: 'logins',
          title: 'Newest sign-ins',
          width: 12,
          ...table(7),
          base: 'calls',
          query:
            '| search eventName="ConsoleLogin" | eval time=strftime(_time,"%F %H:%M:%S") | sort 0 -_time | table time who account sourceIPAddress outcome mfa',
        },
      ],
    },
    {
      height: 260,
      panels: [
        {
          id: 'objects',
          title: 'Objects in S3: who read, wrote and was refused, by server access logs',
          width: 12,
          ...table(6),
          query:
            '`bongsu_events_objects` storage_name=* | dedup event_id | stats count, count(eval(action="failure")) AS refused, sum(bytes_out) AS bytes_out, dc(src) AS addresses BY storage_name user category | rename storage_name AS bucket, category AS operation | sort 50 -refused -bytes_out | table bucket user operation count refused bytes_out addresses',
        },
      ],
    },
  ],
};
