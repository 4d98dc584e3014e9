"""Where this local AWS runs, and the settings it was started with."""

import json
import os
import sys
import threading
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

REGION = os.environ["AWS_REGION"]
NODE = os.environ["LOCAL_AWS_NODE"]

# Added to the environment of every Lambda, over the function's own.
ENVIRONMENT: dict[str, str] = json.loads(os.environ.get("LOCAL_AWS_ENVIRONMENT", "{}"))

# After a failure a message, or an asynchronous invocation, comes again this much later. Unset: as the queue says.
AGAIN_SECONDS = int(os.environ.get("LOCAL_AWS_VISIBILITY_SECONDS", "0")) or None

# Batches of one event source mapping at work at the same time, where the mapping allows as many.
CONCURRENCY = int(os.environ.get("LOCAL_AWS_CONCURRENCY", "1"))

url = ""  # known when the port is


@lru_cache
def client(service: str) -> Any:
    """The API of this very server, for resources whose template properties are the parameters of one call."""
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=url, region_name=REGION, config=once)


_saying = threading.Lock()


def say(*words: object) -> None:
    """One line, whole: functions log from threads of their own, and print writes the end of a line by itself."""
    line = " ".join(map(str, words))
    with _saying:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
