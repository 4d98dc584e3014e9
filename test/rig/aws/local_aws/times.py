"""EC2: when an instance was launched, where the request's header says so, so that logs can tell of the time after it."""

from datetime import UTC, datetime

from flask import has_request_context, request
from moto.ec2.models import instances

HEADER = "x-local-aws-time"

_utcnow = instances.utcnow


def _now() -> datetime:
    given = request.headers.get(HEADER) if has_request_context() else None
    return datetime.fromisoformat(given).astimezone(UTC).replace(tzinfo=None) if given else _utcnow()


instances.utcnow = _now
