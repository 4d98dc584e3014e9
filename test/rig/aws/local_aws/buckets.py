"""S3: notifications in AWS's shape, and the bucket properties of a template that moto leaves out."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_plus

from moto.cloudformation.exceptions import ValidationError
from moto.s3 import notifications
from moto.s3.models import FakeBucket
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from . import rules
from .targets import attempt

_quiet = threading.local()


@contextmanager
def quietly() -> Iterator[None]:
    """Objects put in here announce themselves to nobody."""
    _quiet.on = True
    try:
        yield
    finally:
        _quiet.on = False


def _object(key: Any, bucket: FakeBucket, etag: str, version: str) -> dict[str, Any]:
    return {
        "size": key.size,
        etag: key.etag.strip('"'),
        **({version: key.version_id} if bucket.is_versioned else {}),
        "sequencer": format(time.time_ns(), "016X"),
    }


def _record(event_name: str, bucket: FakeBucket, key: Any, configuration: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "eventName": event_name.removeprefix("s3:"),
        "userIdentity": {"principalId": f"AWS:{bucket.account_id}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": uuid.uuid4().hex[:16].upper(), "x-amz-id-2": uuid.uuid4().hex},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": bucket.account_id}, "arn": bucket.arn},
            "object": {"key": quote_plus(key.name, safe="/"), **_object(key, bucket, "eTag", "versionId")},
        },
    }


REASONS = {
    "s3:ObjectCreated:Put": "PutObject",
    "s3:ObjectCreated:Post": "POST Object",
    "s3:ObjectCreated:Copy": "CopyObject",
    "s3:ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
}


def _emit(account: str, event_name: str, bucket: FakeBucket, key: Any) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    if event_name not in REASONS:
        return
    detail = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": {"key": key.name, **_object(key, bucket, "etag", "version-id")},
        "request-id": uuid.uuid4().hex[:16].upper(),
        "requester": account,
        "source-ip-address": "127.0.0.1",
        "reason": REASONS[event_name],
    }
    rules.emit(account, bucket.region_name, "aws.s3", "Object Created", [bucket.arn], detail)


def _send_event(account_id: str, event_name: Any, bucket: FakeBucket, key: Any) -> None:
    configuration = bucket.notification_configuration
    if configuration is None or getattr(_quiet, "on", False):
        return
    for notification in [*configuration.cloud_function, *configuration.queue, *configuration.topic]:
        if notification.matches(event_name.value, key.name):
            attempt(notification.arn, {"Records": [_record(event_name.value, bucket, key, notification.id)]})
    if configuration.event_bridge is not None:
        _emit(account_id, event_name.value, bucket, key)


# moto swallows every error on the way, leaves out half of the fields, and names some of EventBridge's wrongly.
notifications.send_event = _send_event

_create = FakeBucket.create_from_cloudformation_json.__func__
_update = FakeBucket.update_from_cloudformation_json.__func__
KINDS = {"Queue": "Queue", "Topic": "Topic", "Lambda": "Function"}


def _notification(kind: str, item: dict[str, Any]) -> dict[str, Any]:
    rules_ = item.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    named = [{"Name": rule["Name"].lower(), "Value": rule["Value"]} for rule in rules_]
    filters = {"Filter": {"S3Key": {"FilterRule": named}}} if named else {}
    name = "CloudFunction" if kind == "Lambda" else kind
    return {name: item[KINDS[kind]], "Event": [item["Event"]], **filters}


def _notifications(template: dict[str, Any]) -> dict[str, Any]:
    bridge = template.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False)
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}} if str(bridge).lower() == "true" else {}
    for kind in KINDS:
        items = template.get(f"{kind}Configurations", [])
        name = "CloudFunction" if kind == "Lambda" else kind
        configuration[f"{name}Configuration"] = [_notification(kind, item) for item in items]
    return configuration


def _require_permission(arn: str) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    policies = {
        "sqs": lambda: sqs_backends[account][region].get_queue(name).policy,
        "sns": lambda: sns_backends[account][region].get_topic(arn).policy,
    }
    if service in policies and "s3.amazonaws.com" not in str(policies[service]()):
        raise ValidationError(message=f"Unable to validate the destination {arn}: its policy does not let S3 in (yet)")


def _complete(bucket: FakeBucket, properties: dict[str, Any]) -> FakeBucket:
    if properties.get("VersioningConfiguration", {}).get("Status") == "Enabled":
        bucket.versioning_status = "Enabled"
    if "NotificationConfiguration" in properties:
        configuration = _notifications(properties["NotificationConfiguration"])
        for kind in ("Queue", "Topic"):
            for item in configuration[f"{kind}Configuration"]:
                _require_permission(item[kind])
        bucket.set_notification_configuration(configuration)
    return bucket


def _create_from_template(cls: type, name: str, template: Any, *where: str, **more: Any) -> FakeBucket:
    return _complete(_create(cls, name, template, *where, **more), template.get("Properties", {}))


def _update_from_template(cls: type, **update: Any) -> FakeBucket:
    return _complete(_update(cls, **update), update["cloudformation_json"].get("Properties", {}))


# moto applies encryption and tags alone.
FakeBucket.create_from_cloudformation_json = classmethod(_create_from_template)
FakeBucket.update_from_cloudformation_json = classmethod(_update_from_template)
