"""What moto does not have is refused at once, as AWS refuses an action that it does not know, and not as a failure of a server."""

import json
from collections.abc import Callable, Iterable
from typing import Any

CODE = "InvalidAction"
FAULT = f"<Error><Code>{CODE}</Code><Message>the local AWS does not have it</Message></Error>"
XML = f"<Response><Errors>{FAULT}</Errors>{FAULT}</Response>"  # EC2 reads the first one, the others the second


def refusing(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except (AttributeError, NotImplementedError) as error:
            if isinstance(error, AttributeError) and error.name != "replace":  # of a service that has no name in moto
                raise
            is_form = "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
            body = XML if is_form else json.dumps({"__type": CODE, "message": "the local AWS does not have it"})
            headers = [("Content-Type", "text/xml" if is_form else "application/json"), ("x-amzn-errortype", CODE)]
            start_response("400 Bad Request", headers)
            return [body.encode()]

    return answer
