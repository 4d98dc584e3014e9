"""EC2: the ids of what a request makes, where its header says them, so that logs can be made that name them."""

from flask import has_request_context, request
from moto.ec2 import utils

HEADER = "x-local-aws-ids"

_random_id = utils.random_id


def _id(prefix: str = "", size: int = 17) -> str:
    given = request.headers.get(HEADER, "").split(",") if has_request_context() else []
    return next((each for each in given if each.startswith(f"{prefix}-")), None) or _random_id(prefix, size)


utils.random_id = _id
