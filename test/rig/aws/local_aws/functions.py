"""Lambda: runs the deployed zip in Node, in workers that stay warm, instead of in Docker."""

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend
from moto.core.utils import unix_time_millis
from moto.utilities.arns import Arn

from . import place, targets
from .place import say

RUNNER = Path(__file__).parents[1] / "worker.ts"
ROOT = Path(tempfile.mkdtemp(prefix="local-aws-"))
MAX_WORKERS = max(8, place.CONCURRENCY + 2)  # at work at the same time, of all functions
RETRIES = 2  # of an asynchronous invocation, as at Lambda


@dataclass
class Answer:
    payload: Any
    failed: bool
    log: str


def _unpacked(function: LambdaFunction) -> Path:
    folder = ROOT / hashlib.sha256(function.code_bytes).hexdigest()[:24]
    if not folder.exists():
        half = ROOT / uuid.uuid4().hex
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(half)
        try:
            half.rename(folder)
        except OSError:  # another invocation was faster
            shutil.rmtree(half)
    return folder


def _environment(function: LambdaFunction, folder: Path, stream: str) -> dict[str, str]:
    own = {name: str(value) for name, value in function.environment_vars.items()}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(ROOT),
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_ENDPOINT_URL": place.url,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(folder),
        "_HANDLER": function.handler,
        **own,
        **place.ENVIRONMENT,
    }


class Worker:
    """One Node process that runs one function, one invocation at a time, like an execution environment of Lambda."""

    def __init__(self, function: LambdaFunction):
        self.version = _version(function)
        self.stream = f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}"
        folder = _unpacked(function)
        self.process = subprocess.Popen(
            [place.NODE, str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(function, folder, self.stream),
            cwd=folder,
        )

    def alive(self) -> bool:
        return self.process.poll() is None

    def invoke(self, function: LambdaFunction, event: Any) -> Answer:
        timeout = int(function.timeout)
        request = {"id": str(uuid.uuid4()), "arn": function.function_arn, "event": event}
        request["deadline"] = int((time.time() + timeout) * 1000)
        timer = threading.Timer(timeout, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            return self._answer(function, request)
        except BrokenPipeError:
            self.stop()
            return _died(request, "")
        finally:
            timer.cancel()

    def _answer(self, function: LambdaFunction, request: dict[str, Any]) -> Answer:
        lines: list[str] = []
        # The answer comes on stdout behind a NUL, in line with what the function logs before it.
        for line in self.process.stdout:
            text, mark, answer = line.decode(errors="replace").rstrip("\n").partition("\0")
            if text:
                lines.append(text)
                say(f"[{function.function_name}] {text}")
            if mark:
                result = json.loads(answer)
                return Answer(result.get("error", result.get("result")), "error" in result, "\n".join(lines))
        # Its output has ended, though the process may still be on its way out: the next invocation must not get it.
        self.stop()
        if time.time() * 1000 >= request["deadline"]:
            return _timed_out(request, function, "\n".join(lines))
        return _died(request, "\n".join(lines))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def _died(request: dict[str, Any], log: str) -> Answer:
    message = f"RequestId: {request['id']} Error: Runtime exited"
    return Answer({"errorType": "Runtime.ExitError", "errorMessage": message}, True, log)


def _timed_out(request: dict[str, Any], function: LambdaFunction, log: str) -> Answer:
    message = f"RequestId: {request['id']} Error: Task timed out after {int(function.timeout)}.00 seconds"
    return Answer({"errorType": "Sandbox.Timedout", "errorMessage": message}, True, log)


def _version(function: LambdaFunction) -> tuple[Any, ...]:
    """Whatever makes a worker out of date when it changes."""
    variables = json.dumps(function.environment_vars, sort_keys=True)
    return (function.code_sha_256, function.handler, variables, function.memory_size)


_slots = threading.BoundedSemaphore(MAX_WORKERS)
_idle: dict[str, list[Worker]] = {}
_all: set[Worker] = set()
_lock = threading.Lock()


def _take(function: LambdaFunction) -> Worker:
    with _lock:
        idle = _idle.setdefault(function.function_arn, [])
        while idle:
            worker = idle.pop()
            if worker.alive() and worker.version == _version(function):
                return worker
            _drop(worker)
    worker = Worker(function)
    _all.add(worker)
    return worker


def _give(function: LambdaFunction, worker: Worker) -> None:
    with _lock:
        if worker.alive():
            _idle[function.function_arn].append(worker)
        else:
            _drop(worker)


def _drop(worker: Worker) -> None:
    worker.stop()
    _all.discard(worker)


def stop_all() -> None:
    for worker in list(_all):
        worker.stop()
    shutil.rmtree(ROOT, ignore_errors=True)


def invoke(function: LambdaFunction, event: Any) -> Answer:
    """Runs the function once and returns its answer; an exception, a timeout or a crash is an answer that failed."""
    with _slots:
        worker = _take(function)
        try:
            answer = worker.invoke(function, event)
        finally:
            _give(function, worker)
    _keep_log(function, worker.stream, answer.log)
    return answer


def _keep_log(function: LambdaFunction, stream: str, log: str) -> None:
    logs, group = function.logs_backend, function.logs_group_name
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    now = int(unix_time_millis())
    if log:
        logs.put_log_events(group, stream, [{"timestamp": now, "message": line} for line in log.splitlines()])


def find(arn: str) -> LambdaFunction:
    _, _, _, region, account, *_ = arn.split(":")
    return get_backend(account, region).get_function(arn)


def invoke_later(function: LambdaFunction, event: Any) -> None:
    """An asynchronous invocation: retried when it fails, then given to the function's failure destination."""
    threading.Thread(target=_retried, args=(function, event), daemon=True).start()


def _retried(function: LambdaFunction, event: Any) -> None:
    config = function.event_invoke_config[-1].config if function.event_invoke_config else {}
    attempts = 1 + config.get("MaximumRetryAttempts", RETRIES)
    for number in range(attempts):
        time.sleep(0 if number == 0 else place.AGAIN_SECONDS or 60)
        answer = invoke(function, event)
        if not answer.failed:
            return
    say(f"[{function.function_name}] gave up after {attempts} attempts")
    destination = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if destination:
        targets.attempt(destination, _failure(function, event, answer, attempts))
    if getattr(function, "dead_letters", None):
        targets.attempt(function.dead_letters, event)


def _failure(function: LambdaFunction, event: Any, answer: Answer, attempts: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    return {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{function.function_arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": answer.payload,
    }


def _invoke_target(arn: Arn, event: Any) -> None:
    invoke_later(find(f"arn:aws:lambda:{arn.region}:{arn.account}:function:{arn.resource_id}"), event)


targets.DELIVER["lambda"] = _invoke_target


def _invoke_by_api(self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> bytes:
    event = json.loads(body or "{}")
    if request_headers.get("x-amz-invocation-type") == "Event":
        invoke_later(self, event)
        return b""
    answer = invoke(self, event)
    if answer.failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    response_headers["x-amz-log-result"] = base64.b64encode(answer.log.encode()[-4096:]).decode()
    return json.dumps(answer.payload).encode()


# moto runs Lambdas in Docker.
LambdaFunction.invoke = _invoke_by_api

_create = LambdaFunction.create_from_cloudformation_json.__func__
_update = LambdaFunction.update_from_cloudformation_json.__func__


def _complete(function: LambdaFunction, properties: dict[str, Any]) -> LambdaFunction:
    function.architectures = properties.get("Architectures", ["x86_64"])
    function.environment_vars = properties.get("Environment", {}).get("Variables", {})
    function.dead_letters = properties.get("DeadLetterConfig", {}).get("TargetArn")
    return function


def _create_from_template(cls: type, name: str, template: Any, *where: str, **more: Any) -> LambdaFunction:
    return _complete(_create(cls, name, template, *where, **more), template["Properties"])


def _update_from_template(cls: type, **update: Any) -> LambdaFunction:
    return _complete(_update(cls, **update), update["cloudformation_json"]["Properties"])


# moto ignores these properties of a function in a template.
LambdaFunction.create_from_cloudformation_json = classmethod(_create_from_template)
LambdaFunction.update_from_cloudformation_json = classmethod(_update_from_template)
