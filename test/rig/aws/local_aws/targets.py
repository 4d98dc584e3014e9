"""Hands a message to whatever an ARN names: the last step of rules, notifications and failed invocations."""

import json
from collections.abc import Callable
from typing import Any

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import Arn, parse_arn

from .place import say


def _text(body: Any) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)  # as AWS writes it


def _queue(arn: Arn, body: Any) -> None:
    sqs_backends[arn.account][arn.region].send_message(arn.resource_id, _text(body))


def _topic(arn: Arn, body: Any) -> None:
    topic = f"arn:aws:sns:{arn.region}:{arn.account}:{arn.resource_id}"
    sns_backends[arn.account][arn.region].publish(_text(body), arn=topic)


DELIVER: dict[str, Callable[[Arn, Any], None]] = {"sqs": _queue, "sns": _topic}


def deliver(arn: str, body: Any) -> None:
    """Raises KeyError for a service that is no target here, and what the service raises where the target is missing."""
    parsed = parse_arn(arn)
    DELIVER[parsed.service](parsed, body)


def attempt(arn: str, body: Any, dead_letters: str | None = None) -> None:
    """As deliver; what can't be delivered goes to the dead letters, or is lost with a line in the log, as at AWS."""
    try:
        deliver(arn, body)
    except Exception as error:
        say(f"[targets] {arn} did not take it: {error!r}")
        if dead_letters:
            deliver(dead_letters, body)
