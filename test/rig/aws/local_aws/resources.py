"""CloudFormation types that moto lacks, each by the API call that makes it.

To add one: a function from (name, properties) to (physical id, attributes for Fn::GetAtt), and, where deleting matters,
one that takes the physical id.
"""

import json
import secrets
import string
from collections.abc import Callable
from typing import Any

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel

from .place import client

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]

TYPES: list[type] = []  # moto finds models by `__subclasses__`, which holds them weakly


def resource(
    kind: str,
    make: Callable[[str, Properties], Made],
    *,
    name: str = "",
    delete: Callable[[str], Any] = lambda physical_id: None,
    keep: bool = False,
) -> None:
    """Registers a type. name: the property that names it. keep: an update leaves it alone instead of making it anew."""

    class Resource(CloudFormationModel):
        __module__ = "local_aws.resources"  # moto wants a dot in it

        def __init__(self, made: Made):
            self.physical_resource_id, self.attributes = made

        @staticmethod
        def cloudformation_name_type() -> str:
            return name

        @staticmethod
        def cloudformation_type() -> str:
            return kind

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return True

        def get_cfn_attribute(self, attribute_name: str) -> Any:
            if attribute_name not in self.attributes:
                raise UnformattedGetAttTemplateException()
            return self.attributes[attribute_name]

        @classmethod
        def create_from_cloudformation_json(
            cls, resource_name: str, template: dict[str, Any], account_id: str, region_name: str, **more: Any
        ) -> "Resource":
            return cls(make(resource_name, template.get("Properties", {})))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource: "Resource", new_resource_name: str, cloudformation_json: dict[str, Any], **more: Any
        ) -> "Resource":
            if keep:
                return original_resource
            delete(original_resource.physical_resource_id)
            return cls(make(new_resource_name, cloudformation_json.get("Properties", {})))

        def delete(self, account_id: str, region_name: str) -> None:
            delete(self.physical_resource_id)

    Resource.__name__ = kind.replace("::", "")
    TYPES.append(Resource)


def _only(properties: Properties, *names: str) -> Properties:
    return {name: properties[name] for name in names if name in properties}


def _without(properties: Properties, *names: str) -> Properties:
    return {name: value for name, value in properties.items() if name not in names}


def _lower(properties: Properties) -> Properties:
    """CloudFormation's MetricName is metricName in the API of CloudWatch Logs."""
    return {name[0].lower() + name[1:]: value for name, value in properties.items()}


def _delivery_stream(name: str, properties: Properties) -> Made:
    named = {**properties, "DeliveryStreamName": name}
    return name, {"Arn": client("firehose").create_delivery_stream(**named)["DeliveryStreamARN"]}


resource(
    "AWS::KinesisFirehose::DeliveryStream",
    _delivery_stream,
    name="DeliveryStreamName",
    delete=lambda name: client("firehose").delete_delivery_stream(DeliveryStreamName=name),
)


def _generated(wish: dict[str, Any]) -> str:
    letters = string.ascii_letters + string.digits
    password = "".join(secrets.choice(letters) for _ in range(int(wish.get("PasswordLength", 32))))
    if "SecretStringTemplate" not in wish:
        return password
    return json.dumps({**json.loads(wish["SecretStringTemplate"]), wish["GenerateStringKey"]: password})


def _secret(name: str, properties: Properties) -> Made:
    given = _only(properties, "Description", "KmsKeyId", "SecretString", "Tags")
    if "GenerateSecretString" in properties:
        given["SecretString"] = _generated(properties["GenerateSecretString"])
    arn = client("secretsmanager").create_secret(Name=name, **given)["ARN"]
    return arn, {"Id": arn}


resource(
    "AWS::SecretsManager::Secret",
    _secret,
    name="Name",
    delete=lambda arn: client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True),
    keep=True,
)


def _queue_policy(name: str, properties: Properties) -> Made:
    for queue in properties["Queues"]:
        policy = json.dumps(properties["PolicyDocument"])
        client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    return name, {"Id": name}


resource("AWS::SQS::QueuePolicy", _queue_policy)


def _topic_policy(name: str, properties: Properties) -> Made:
    for topic in properties["Topics"]:
        policy = json.dumps(properties["PolicyDocument"])
        client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    return name, {"Id": name}


resource("AWS::SNS::TopicPolicy", _topic_policy)


def _subscription(name: str, properties: Properties) -> Made:
    attributes = _only(properties, "FilterPolicyScope")
    if str(properties.get("RawMessageDelivery", False)).lower() == "true":
        attributes["RawMessageDelivery"] = "true"
    if "FilterPolicy" in properties:
        attributes["FilterPolicy"] = json.dumps(properties["FilterPolicy"])
    named = _only(properties, "TopicArn", "Protocol", "Endpoint")
    arn = client("sns").subscribe(**named, Attributes=attributes, ReturnSubscriptionArn=True)["SubscriptionArn"]
    return arn, {"Arn": arn}


resource(
    "AWS::SNS::Subscription",
    _subscription,
    delete=lambda arn: client("sns").unsubscribe(SubscriptionArn=arn),
)

# Not put into effect: moto enforces Deny statements without their Condition, so the usual one against plain HTTP would
# lock everybody out.
resource("AWS::S3::BucketPolicy", lambda name, properties: (properties["Bucket"], {}))


def _schedule(name: str, properties: Properties) -> Made:
    return name, {"Arn": client("scheduler").create_schedule(**{**properties, "Name": name})["ScheduleArn"]}


resource(
    "AWS::Scheduler::Schedule",
    _schedule,
    name="Name",
    delete=lambda name: client("scheduler").delete_schedule(Name=name),
)


def _function_url(name: str, properties: Properties) -> Made:
    arn = properties["TargetFunctionArn"]
    given = _only(properties, "AuthType", "Cors", "InvokeMode", "Qualifier")
    url = client("lambda").create_function_url_config(FunctionName=arn, **given)["FunctionUrl"]
    return arn, {"FunctionUrl": url, "FunctionArn": arn}


resource(
    "AWS::Lambda::Url",
    _function_url,
    delete=lambda arn: client("lambda").delete_function_url_config(FunctionName=arn),
)


def _event_invoke_config(name: str, properties: Properties) -> Made:
    function = properties["FunctionName"]
    given = _without(properties, "FunctionName", "Qualifier")
    client("lambda").put_function_event_invoke_config(FunctionName=function, **given)
    return name, {}


resource("AWS::Lambda::EventInvokeConfig", _event_invoke_config)


def _domain(generated: str, properties: Properties) -> Made:
    name = properties.get("DomainName", f"domain-{secrets.token_hex(8)}")  # moto's generated name is too long for one
    given = _without(properties, "AccessPolicies", "DomainName", "Tags")
    if "AccessPolicies" in properties:
        given["AccessPolicies"] = json.dumps(properties["AccessPolicies"])
    status = client("opensearch").create_domain(DomainName=name, **given)["DomainStatus"]
    arn, endpoint = status["ARN"], f"{name}.invalid"  # there is no node: tests give Lambdas the URL of theirs
    return name, {"Arn": arn, "DomainArn": arn, "DomainEndpoint": endpoint, "Id": status["DomainId"]}


resource(
    "AWS::OpenSearchService::Domain",
    _domain,
    name="DomainName",
    delete=lambda name: client("opensearch").delete_domain(DomainName=name),
    keep=True,
)


def _transformation(properties: Properties) -> Properties:
    lower = _lower(properties)
    if "dimensions" in lower:
        lower["dimensions"] = {dimension["Key"]: dimension["Value"] for dimension in lower["dimensions"]}
    return lower


def _metric_filter(name: str, properties: Properties) -> Made:
    client("logs").put_metric_filter(
        logGroupName=properties["LogGroupName"],
        filterName=name,
        filterPattern=properties["FilterPattern"],
        metricTransformations=[_transformation(item) for item in properties["MetricTransformations"]],
    )
    return name, {}


resource("AWS::Logs::MetricFilter", _metric_filter, name="FilterName")


def _log_stream(generated: str, properties: Properties) -> Made:
    name = properties.get("LogStreamName", generated)
    client("logs").create_log_stream(logGroupName=properties["LogGroupName"], logStreamName=name)
    return name, {}


resource("AWS::Logs::LogStream", _log_stream)


def _subscription_filter(name: str, properties: Properties) -> Made:
    client("logs").put_subscription_filter(**{**_lower(properties), "filterName": name})
    return name, {}


resource("AWS::Logs::SubscriptionFilter", _subscription_filter, name="FilterName")


def _alarm(name: str, properties: Properties) -> Made:
    client("cloudwatch").put_metric_alarm(**{**properties, "AlarmName": name})
    alarm = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return name, {"Arn": alarm["AlarmArn"]}


resource(
    "AWS::CloudWatch::Alarm",
    _alarm,
    name="AlarmName",
    delete=lambda name: client("cloudwatch").delete_alarms(AlarmNames=[name]),
)
