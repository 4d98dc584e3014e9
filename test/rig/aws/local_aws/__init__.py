"""A local AWS: the moto server, and what it lacks to deploy and run this project's packaged stack.

Real: S3, SQS, SNS, EventBridge, Firehose, Secrets Manager, KMS, CloudFormation as moto has them, and deployed Lambdas in
Node. Not checked: IAM permissions, quotas, the meaning of CloudFormation properties. Not done: schedules do not fire.
"""
