"""HTTP to one OpenSearch endpoint: TLS verified, kept alive, retried, and never more than a bounded answer in memory."""

import gzip
import http.client
import io
import json
import random
import socket
import ssl
import time
import zlib
from typing import NamedTuple
from urllib.parse import urlsplit

from .errors import SearchError, whole_number

MAX_BYTES = 32 * 1024 * 1024  # of one answer, unpacked
GRACE = 10  # seconds that an answer may take longer than OpenSearch was given for the search
HURRY = 5  # seconds for a request of a process that ends
_RETRIED = (429, 502, 503, 504)
_FIRST_PAUSE = 0.5  # seconds, doubled at each attempt, with jitter
_LONGEST_PAUSE = 10


class Answer(NamedTuple):
    """Status, decoded JSON body ({} where there is none), its size in bytes, and whether it has `\\u` escapes."""

    status: int
    body: object
    size: int
    has_escapes: bool


class TooLarge(Exception):
    """An answer exceeds MAX_BYTES."""


class Transport:
    """Sends requests to `settings.url`. Not for use by several threads."""

    def __init__(self, settings, authorize, sleep=time.sleep, clock=time.monotonic):
        """`authorize(method, url, headers, body)` returns the headers to send."""
        self._settings = settings
        self._authorize = authorize
        self._sleep = sleep
        self._clock = clock
        self._parts = urlsplit(settings.url)
        self._connection = None
        self._timeout = settings.timeout + GRACE

    def send(self, method, path, body=None, retries=None) -> Answer:
        """`path` is encoded and includes the query. Raises SearchError when no attempt got an answer."""
        data = b"" if body is None else json.dumps(body).encode()
        attempts = 1 + (self._settings.retries if retries is None else retries)
        for attempt in range(attempts):
            last = attempt == attempts - 1
            try:
                answer, pause = self._once(method, path, data)
            except ssl.SSLCertVerificationError as error:
                raise SearchError(
                    f"the certificate of {self._parts.netloc} can't be verified ({error.verify_message}): "
                    "set ca_file of the connection to the authority's PEM file"
                ) from None
            except TooLarge:
                self.close()
                raise
            except (OSError, EOFError, zlib.error, http.client.HTTPException) as error:
                self.close()
                if last:
                    raise SearchError(f"{self._parts.netloc} can't be reached: {_said(error)}") from None
                pause = 0
            else:
                if answer.status not in _RETRIED or last:
                    return answer
            self._sleep(max(pause, self._backoff(attempt)))

    def close(self):
        """Closes the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hurry(self):
        """Drops what is under way and gives later requests a few seconds only."""
        self.close()
        self._timeout = HURRY

    def _backoff(self, attempt):
        return random.uniform(0.5, 1) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt)

    def _once(self, method, path, data):
        prefix = self._parts.path.rstrip("/")
        url = f"{self._parts.scheme}://{self._parts.netloc}{prefix}{path}"
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if data:
            headers["Content-Type"] = "application/json"
        connection = self._connected()
        connection.request(method, prefix + path, data or None, self._authorize(method, url, headers, data))
        response = connection.getresponse()
        raw = _read(response)
        if response.getheader("Connection", "").lower() == "close":
            self.close()
        return Answer(response.status, _parsed(raw, response.status), len(raw), b"\\u" in raw), _pause(response)

    def _connected(self):
        if self._connection is None:
            host, port, timeout = self._parts.hostname, self._parts.port, self._timeout
            if self._parts.scheme == "https":
                self._connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls())
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=timeout)
        return self._connection

    def _tls(self):
        try:
            context = ssl.create_default_context(cafile=self._settings.ca_file or None)
        except (OSError, ssl.SSLError) as error:
            raise SearchError(f"ca_file {self._settings.ca_file} can't be read: {error}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _read(response):
    stream = response
    if response.getheader("Content-Encoding", "") == "gzip":
        stream = gzip.GzipFile(fileobj=response)
    out = io.BytesIO()
    while True:
        piece = stream.read(262144)
        if not piece:
            return out.getvalue()
        if out.tell() + len(piece) > MAX_BYTES:
            raise TooLarge()
        out.write(piece)


def _parsed(raw, status):
    try:
        return _json(raw) if raw else {}
    except (ValueError, RecursionError):
        said = raw[:300].decode("utf-8", "replace")
        if 200 <= status < 300:
            raise SearchError(f"the answer is no JSON; is url the address of OpenSearch? It begins with: {said}") from None
        return {"error": said}


def _json(raw):
    try:
        return json.loads(raw)
    except ValueError:
        # Python 3.11 and newer refuse integers of more than 4,300 digits: those stay text
        return json.loads(raw, parse_int=lambda digits: int(digits) if len(digits) < 4000 else digits)


def _pause(response):
    value = response.getheader("Retry-After", "")
    return min(whole_number(value, 0, 10**9) or 0, _LONGEST_PAUSE)


def _said(error):
    if isinstance(error, socket.timeout):
        return "no answer in time (raise timeout of the connection, or search less)"
    return str(error) or type(error).__name__
