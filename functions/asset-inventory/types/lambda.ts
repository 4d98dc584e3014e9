/**
 * Lambda: functions, who may call them, and their URLs. Of environment values nothing is kept but their names.
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
 */
import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  type GetFunctionUrlConfigCommandOutput,
  GetPolicyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { relation, relations, service } from '../discovery/service.ts';

const lambda = service(LambdaClient);

/** Without the values of its environment, which may be secrets. */
type RecentUpdate = Omit<FunctionConfiguration, 'Environment'> & {
  readonly variables?: readonly string[];
  readonly policy?: string | undefined;
  readonly url?: Pick<GetFunctionUrlConfigCommandOutput, 'FunctionUrl' | 'AuthType' | 'Cors'>;
  readonly sources?: readonly EventSourceMappingConfiguration[];
  readonly tags?: Readonly<Record<string, string>> | undefined;
};

const withoutValues = ({ Environment, ...of }: FunctionConfiguration): RecentUpdate => ({
  ...of,
  variables: Object.keys(Environment?.Variables ?? {}).sort(),
});

const ONE = 'lambda:GetFunctionConfiguration';
const MAPPINGS = 'lambda:ListEventSourceMappings';

const sourcesOf = (at: At, FunctionName: string | undefined) =>
  every(async (Marker) => {
    const page = await lambda.call(at, MAPPINGS, new ListEventSourceMappingsCommand({ FunctionName, Marker }));
    return { records: page.EventSourceMappings ?? [], next: page.NextMarker };
  });

const fn = declare<RecentUpdate>({
  type: 'AWS::Lambda::Function',
  class: 'compute',
  scope: 'region',
  pack: 'compute',
  ...lambda.pages({
    action: 'lambda:ListFunctions',
    page: (Marker) => new ListFunctionsCommand({ Marker, MaxItems: 50 }), // more come no sooner
    read: ({ Functions, NextMarker }) => ({ records: Functions?.map(withoutValues), next: NextMarker }),
  }),
  actions: ['lambda:ListFunctions', ONE],
  async find(at, FunctionName) {
    return [withoutValues(await lambda.call(at, ONE, new GetFunctionConfigurationCommand({ FunctionName })))];
  },
  details: [
    lambda.detail({
      action: 'lambda:GetPolicy',
      fills: ['security.policy'],
      absent: ['ResourceNotFoundException'],
      call: ({ FunctionName }) => new GetPolicyCommand({ FunctionName }),
      read: ({ Policy }) => ({ policy: Policy }),
    }),
    lambda.detail({
      action: 'lambda:GetFunctionUrlConfig',
      fills: ['security.urlAuth', 'security.cors', 'net.dns'],
      absent: ['ResourceNotFoundException'],
      call: ({ FunctionName }) => new GetFunctionUrlConfigCommand({ FunctionName }),
      read: (url) => ({ url }),
    }),
    {
      action: MAPPINGS,
      fills: ['relationships'],
      call: async ({ FunctionName }, at) => ({ sources: await sourcesOf(at, FunctionName) }),
    },
    lambda.detail({
      action: 'lambda:ListTags',
      fills: ['tags'],
      call: ({ FunctionArn }) => new ListTagsCommand({ Resource: FunctionArn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset(each) {
    const { FunctionArn = '', FunctionName = '', VpcConfig: vpc, url } = each;
    return {
      id: FunctionArn,
      nativeId: FunctionName,
      name: FunctionName,
      tags: each.tags,
      net: {
        dns: url?.FunctionUrl ? [new URL(url.FunctionUrl).hostname] : [],
        vpc: vpc?.VpcId || undefined,
        subnets: vpc?.SubnetIds,
        sg: vpc?.SecurityGroupIds,
      },
      security: {
        policy: each.policy,
        urlAuth: url?.AuthType,
        cors: url?.Cors?.AllowOrigins,
        runtime: each.Runtime,
        package: each.PackageType,
        variables: each.variables,
        kmsKey: each.KMSKeyArn,
        tracing: each.TracingConfig?.Mode,
        role: each.Role,
      },
      volatile: { modified: each.LastModified?.slice(0, 10) },
      relationships: [
        relation('assumes', each.Role),
        relation('in_vpc', vpc?.VpcId),
        ...relations('in_subnet', vpc?.SubnetIds),
        ...relations('protected_by', vpc?.SecurityGroupIds),
        relation('encrypted_by', each.KMSKeyArn),
        ...relations(
          'attached_to',
          each.sources?.map(({ EventSourceArn }) => EventSourceArn),
        ),
        ...relations(
          'made_from',
          each.Layers?.map(({ Arn }) => Arn),
        ),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [fn];
