"""AWS credentials of a connection: a stored key, or the role of the machine (container or EC2 instance).

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import http.client
import json
import os
import time
from datetime import datetime
from urllib.parse import urlsplit

from .errors import SearchError
from .sigv4 import Credentials

_TIMEOUT = 2  # seconds; the metadata service is on the machine itself
_RENEW_BEFORE = 300  # seconds before a temporary key ends
_ROLES = "/latest/meta-data/iam/security-credentials/"


def stored(secret: str) -> Credentials:
    """In: the stored secret, `{"access_key_id":…,"secret_access_key":…,"session_token":…}`. Raises SearchError."""
    try:
        keys = json.loads(secret)
        return Credentials(keys["access_key_id"], keys["secret_access_key"], keys.get("session_token"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SearchError(
            "the stored secret of a sigv4 connection must be JSON with access_key_id and secret_access_key"
        ) from None


class MachineRole:
    """Temporary keys of the machine's role, renewed five minutes before they end."""

    def __init__(self, environ=os.environ, clock=time.time):
        self._environ = environ
        self._clock = clock
        self._keys = None

    def __call__(self) -> Credentials:
        keys = self._keys
        if keys is None or (keys.expires is not None and keys.expires - self._clock() < _RENEW_BEFORE):
            self._keys = keys = self._fetch()
        return keys

    def _fetch(self):
        try:
            return _keys(self._container() or self._instance())
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise SearchError(
                f"no AWS credentials: no secret is stored for the connection and the machine has no role ({error})"
            ) from None

    def _container(self):
        path = self._environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        url = f"http://169.254.170.2{path}" if path else self._environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if not url:
            return None
        token = self._environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        return json.loads(_ask("GET", url, {"Authorization": token} if token else {}))

    def _instance(self):
        base = self._environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
        ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
        token = {"X-aws-ec2-metadata-token": _ask("PUT", f"{base}/latest/api/token", ttl)}
        role = _ask("GET", base + _ROLES, token).strip().splitlines()[0]
        return json.loads(_ask("GET", base + _ROLES + role, token))


def _keys(answer):
    ends = answer.get("Expiration")
    expires = datetime.strptime(ends, "%Y-%m-%dT%H:%M:%S%z").timestamp() if ends else None
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer.get("Token"), expires)


def _ask(method, url, headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=_TIMEOUT)
    try:
        connection.request(method, parts.path or "/", headers=headers)
        answer = connection.getresponse()
        text = answer.read(65536).decode()
        if answer.status != 200:
            raise ValueError(f"{parts.hostname} answered {answer.status}")
        return text
    finally:
        connection.close()
