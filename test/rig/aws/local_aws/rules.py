"""EventBridge: events in AWS's shape to every kind of target this project uses."""

import itertools
import json
import time
import uuid
from typing import Any

from moto.events.models import Rule, events_backends
from moto.events.utils import EventTemplateParser

from .targets import attempt


def emit(account: str, region: str, source: str, detail_type: str, resources: list[str], detail: Any) -> None:
    """Puts an event of an AWS service on the default bus."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": time.time(),
        "region": region,
        "resources": resources,
        "detail": detail,
    }
    for rule in list(events_backends[account][region].event_buses["default"].rules.values()):
        rule.send_to_targets(event)


def _shaped(event: dict[str, Any]) -> dict[str, Any]:
    at = event["time"]
    stamp = at if isinstance(at, str) else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(float(at)))
    return {**{key: value for key, value in event.items() if key != "ingestion-time"}, "time": stamp}


def _input(target: dict[str, Any], event: dict[str, Any]) -> Any:
    if "Input" in target:
        return json.loads(target["Input"])
    if "InputTransformer" in target:
        paths, template = target["InputTransformer"].get("InputPathsMap"), target["InputTransformer"]["InputTemplate"]
        return EventTemplateParser.parse(template, paths, {"ingestion-time": event["time"], **event})
    return event


def _alternatives(node: Any, pattern: Any) -> list[Any]:
    """Of lists of objects, into which moto does not look, each element on its own: a pattern has to fit one of them."""
    if not isinstance(pattern, dict):
        return [node]
    if isinstance(node, list):
        return [one for element in node for one in _alternatives(element, pattern)]
    if not isinstance(node, dict):
        return [node]
    names = [name for name in pattern if name in node]
    choices = itertools.product(*(_alternatives(node[name], pattern[name]) for name in names))
    return [{**node, **dict(zip(names, chosen))} for chosen in choices]


def _send_to_targets(self: Rule, original_event: dict[str, Any], transform_input: bool = True) -> None:
    # A rule with a schedule alone has no pattern, which matches every event in moto.
    pattern = self.event_pattern.get_pattern()
    if self.state != "ENABLED" or not pattern:
        return
    event = _shaped(original_event)
    if not any(self.event_pattern.matches_event(one) for one in _alternatives(event, pattern)):
        return
    for target in self.targets:
        attempt(target["Arn"], _input(target, event), target.get("DeadLetterConfig", {}).get("Arn"))


# moto knows no Lambda target, no dead letters and no disabled rule, and leaves the account out of the event.
Rule.send_to_targets = _send_to_targets
