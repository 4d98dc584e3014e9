"""SQS that several threads may use, and Lambda's event source mappings on it."""

import threading
import time
import traceback
from typing import Any

from moto.awslambda.models import EventSourceMapping, LambdaBackend
from moto.core.utils import unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from . import functions, place
from .place import say

MAX_WINDOW_SECONDS = 0.5  # a mapping's batching window is cut to this
POLL_SECONDS = 0.1

_receive = SQSBackend.receive_message
_delete = Queue.delete_message
_attributes = SQSBackend.get_queue_attributes
_create_mapping = LambdaBackend.create_event_source_mapping


def _receive_alone(
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    queue = self.get_queue(queue_name)
    deadline = time.time() + wait_seconds_timeout
    while True:
        with queue._messages_lock:
            messages = _receive(self, queue_name, count, 0, visibility_timeout, message_attribute_names)
        if messages or time.time() >= deadline:
            return messages
        time.sleep(POLL_SECONDS)


def _delete_alone(self: Queue, receipt_handle: str) -> None:
    with self._messages_lock:
        _delete(self, receipt_handle)


def _add(self: Queue, message: Message) -> None:
    with self._messages_lock:
        self._messages.append(message)
        self._messages_lock.notify_all()


def _counted(queue: Queue) -> dict[str, int]:
    """How many messages are in each state at one moment."""
    now = unix_time_millis()
    hidden = sum(message.visible_at >= now for message in queue._messages)
    delayed = sum(message.visible_at < now < message.delayed_until for message in queue._messages)
    return {
        "ApproximateNumberOfMessages": len(queue._messages) - hidden - delayed,
        "ApproximateNumberOfMessagesNotVisible": hidden,
        "ApproximateNumberOfMessagesDelayed": delayed,
    }


def _attributes_alone(self: SQSBackend, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
    attributes = _attributes(self, queue_name, attribute_names)
    queue = self.get_queue(queue_name)
    with queue._messages_lock:
        counts = _counted(queue)
    return {name: counts.get(name, value) for name, value in attributes.items()}


# moto counts each state at a moment of its own: a message that becomes visible in between is counted in none of them.
SQSBackend.get_queue_attributes = _attributes_alone
# moto receives and deletes without its lock: two receivers get the same message, and one sent meanwhile is lost.
SQSBackend.receive_message = _receive_alone
Queue.delete_message = _delete_alone
# moto invokes the mapped functions from within SendMessage, one message at a time.
Queue.add_message = _add
# A queue's URL in a template has to lead here, not to AWS.
Queue.physical_resource_id = property(lambda self: f"{place.url}/{self.account_id}/{self.name}")


def _record(message: Message, queue: Queue) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    return {**lists, **{k: v for k, v in (("stringValue", value.get("StringValue")),) if v is not None}}


def _failures(answer: functions.Answer, mapping: EventSourceMapping, ids: set[str]) -> set[str]:
    """The ids of the messages that failed; all of them where the answer is none that Lambda understands.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"""
    if answer.failed:
        return ids
    if "ReportBatchItemFailures" not in (mapping.function_response_types or []) or answer.payload in (None, {}):
        return set()
    try:
        failed = {failure["itemIdentifier"] for failure in answer.payload["batchItemFailures"] or []}
    except (KeyError, TypeError):
        return ids
    return failed if failed <= ids else ids


class Poller(threading.Thread):
    """Receives for one event source mapping and invokes its function once a batch, until the mapping is deleted."""

    def __init__(self, mapping: EventSourceMapping, backend: LambdaBackend):
        super().__init__(daemon=True)
        self.mapping, self.backend = mapping, backend
        self.sqs = sqs_backends[mapping.account_id][mapping.region]
        self.queue = self.sqs.get_queue(mapping.event_source_arn.split(":")[-1])

    def run(self) -> None:
        while self.mapping.uuid in self.backend._event_source_mappings:
            try:
                if not (self.mapping.enabled and self._batch()):
                    time.sleep(POLL_SECONDS)
            except Exception:
                say(f"[mapping {self.queue.name}]", traceback.format_exc())
                time.sleep(1)

    def _messages(self) -> list[Message]:
        size = self.mapping.batch_size
        end = time.time() + min(float(self.mapping.max_batch_window or 0), MAX_WINDOW_SECONDS)
        messages = self._received(size)
        while messages and len(messages) < size and time.time() < end:
            time.sleep(POLL_SECONDS)
            messages += self._received(size - len(messages))
        return messages

    def _received(self, count: int) -> list[Message]:
        return self.sqs.receive_message(self.queue.name, count, 0, self.queue.visibility_timeout, ["All"])

    def _batch(self) -> bool:
        messages = self._messages()
        if not messages:
            return False
        function = functions.find(self.mapping.function_arn)
        hidden = {message.id: message.visible_at for message in messages}
        answer = functions.invoke(function, {"Records": [_record(message, self.queue) for message in messages]})
        failed = _failures(answer, self.mapping, {message.id for message in messages})
        if failed:
            say(f"[mapping {self.queue.name}] {len(failed)} of {len(messages)} failed")
        for message in messages:
            self._settle(message, message.id in failed, message.visible_at == hidden[message.id])
        return True

    def _settle(self, message: Message, failed: bool, untouched: bool) -> None:
        """`untouched`: the function did not say itself when the message comes again."""
        if not failed:
            self.sqs.delete_message(self.queue.name, message.receipt_handle)
        elif place.AGAIN_SECONDS is not None and untouched:
            self.sqs.change_message_visibility(self.queue.name, message.receipt_handle, place.AGAIN_SECONDS)


def _create_polled_mapping(self: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
    mapping = _create_mapping(self, spec)
    most = (spec.get("ScalingConfig") or {}).get("MaximumConcurrency", 1)
    for _ in range(min(most, place.CONCURRENCY)):
        Poller(mapping, self).start()
    return mapping


LambdaBackend.create_event_source_mapping = _create_polled_mapping
