import { expect, test } from '@jest/globals';
import { resourceOf } from '../../../functions/securityhub/resource.ts';

test.each([
  ['arn:aws:s3:::bucket', 'bucket'],
  ['arn:aws:s3:::bucket/path/of an/object:1.csv', 'path/of an/object:1.csv'],
  ['arn:aws:ec2:eu-west-1:123456789012:instance/i-0123', 'i-0123'],
  ['arn:aws:iam::123456789012:user/team/alice', 'alice'],
  ['arn:aws:iam::123456789012:root', 'root'],
  ['arn:aws:lambda:eu-west-1:123456789012:function:mine:$LATEST', 'mine'],
  ['arn:aws:lambda:eu-west-1:123456789012:mine', 'mine'],
  ['arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/mine:*', '/aws/lambda/mine'],
  ['arn:aws-cn:rds:cn-north-1:123456789012:db:mine', 'mine'],
  ['AWS::IAM::AccessKey:ASIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE'],
  ['AWS::::Account:123456789012', '123456789012'],
  ['rack-7/slot:3', 'rack-7/slot:3'],
])('%s is %s', (name, id) => {
  expect(resourceOf([name], 'Other')).toMatchObject({ id, arn: name.startsWith('arn:') ? name : undefined });
});

test('of several names the ARN tells most', () => {
  const arn = 'arn:aws:s3:::bucket';
  expect(resourceOf([undefined, 'bucket', '', arn], undefined)).toEqual({ id: 'bucket', arn, type: undefined });
  expect(resourceOf([undefined, '', 7], 'Other')).toBeUndefined();
});

test.each([
  ['AWS::S3::Bucket', 'AwsS3Bucket'],
  ['AWS::EC2::Instance', 'AwsEc2Instance'],
  ['AWS::EC2::VPC', 'AwsEc2Vpc'],
  ['AWS::RDS::DBInstance', 'AwsRdsDbInstance'],
  ['AWS::DynamoDB::Table', 'AwsDynamoDbTable'],
  ['AWS::CloudTrail::Trail', 'AwsCloudTrailTrail'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AwsElbv2LoadBalancer'],
  ['AWS::::Account', 'AwsAccount'],
  ['AwsS3Bucket', 'AwsS3Bucket'],
  ['Container', 'Container'],
])('the type %s is %s', (type, spelled) => {
  expect(resourceOf(['x'], type)?.type).toBe(spelled);
});
