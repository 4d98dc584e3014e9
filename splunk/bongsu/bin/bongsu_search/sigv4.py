"""AWS Signature Version 4 with the standard library only.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from datetime import datetime, timezone
from typing import Dict, Mapping, NamedTuple, Optional
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-_.~"


class Credentials(NamedTuple):
    """Keys of one identity. `expires` is in epoch seconds; None means never."""

    access_key_id: str
    secret_access_key: str
    session_token: Optional[str] = None
    expires: Optional[float] = None


class Scope(NamedTuple):
    """Where a signature counts: `es` is OpenSearch Service, `aoss` is OpenSearch Serverless."""

    region: str
    service: str


def signed(method: str, url: str, headers: Mapping[str, str], body: bytes, keys: Credentials, scope: Scope, now: float):
    """Returns the headers of a request with Host, X-Amz-Date, X-Amz-Content-Sha256, the token and Authorization added.

    `url` is as it goes over the wire. `now` is in epoch seconds.
    """
    parts = urlsplit(url)
    stamp = datetime.fromtimestamp(now, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    out = dict(headers)
    out.update({"Host": parts.netloc, "X-Amz-Date": stamp, "X-Amz-Content-Sha256": digest})
    if keys.session_token:
        out["X-Amz-Security-Token"] = keys.session_token
    names, lines = _canonical_headers(out)
    request = "\n".join((method, _path(parts.path), _query(parts.query), lines, names, digest))
    place = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, stamp, place, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(_key(keys.secret_access_key, stamp[:8], scope), to_sign.encode(), hashlib.sha256).hexdigest()
    out["Authorization"] = f"{ALGORITHM} Credential={keys.access_key_id}/{place}, SignedHeaders={names}, Signature={signature}"
    return out


def _canonical_headers(headers: Mapping[str, str]):
    trimmed: Dict[str, str] = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    ordered = sorted(trimmed.items())
    return ";".join(name for name, _ in ordered), "".join(f"{name}:{value}\n" for name, value in ordered)


def _path(path: str) -> str:
    """Every service but S3 signs the path encoded once more than it is sent."""
    return quote(path or "/", safe="/" + _UNRESERVED)


def _query(query: str) -> str:
    """`+` stays a plus: the signature does not read a query as a form."""
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    encoded = sorted((quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _key(secret: str, day: str, scope: Scope) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
