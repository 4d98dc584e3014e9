"""Named connections: where OpenSearch is and who asks it. Settings are in bongsu_connections.conf, secrets in storage/passwords."""

import base64
import os
import re
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from . import credentials, sigv4
from .errors import SearchError, whole_number

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_AUTH = ("basic", "apikey", "sigv4", "none")


class Settings(NamedTuple):
    """One stanza of bongsu_connections.conf, checked. `timeout` is in seconds per request."""

    name: str
    url: str
    auth: str
    username: str = ""
    region: str = ""
    service: str = "es"
    ca_file: str = ""
    timeout: int = 60
    retries: int = 3
    keep_alive: str = "2m"
    tsfield: str = "@timestamp"


def checked(name, stanza) -> Settings:
    """Checks a stanza. Raises SearchError that names the connection and the setting."""
    get = lambda key, default="": str(stanza.get(key) or default).strip()  # noqa: E731
    auth = get("auth", "basic").lower()
    settings = Settings(
        name=name,
        url=_url(name, get("url")),
        auth=auth,
        username=get("username"),
        region=get("region"),
        service=get("service", "es"),
        ca_file=_ca(get("ca_file")),
        timeout=_number(name, "timeout", get("timeout", "60"), 1, 3600),
        retries=_number(name, "retries", get("retries", "3"), 0, 10),
        keep_alive=_matching(name, "keep_alive", get("keep_alive", "2m"), r"[1-9]\d{0,3}[smh]"),
        tsfield=get("tsfield", "@timestamp"),
    )
    if auth not in _AUTH:
        raise _wrong(name, "auth", f"must be one of {', '.join(_AUTH)}")
    if auth == "basic" and not settings.username:
        raise _wrong(name, "username", "is required with auth = basic")
    if auth == "sigv4" and not settings.region:
        raise _wrong(name, "region", "is required with auth = sigv4")
    if settings.service not in ("es", "aoss"):
        raise _wrong(name, "service", "must be es (OpenSearch Service) or aoss (OpenSearch Serverless)")
    return settings


def find(name, splunkd) -> Settings:
    """Reads a connection by its name. Raises SearchError with the names that exist."""
    if not _NAME.fullmatch(name):
        raise SearchError("connection= takes a name of letters, digits, dots, hyphens and underscores")
    stanza = splunkd.settings(name)
    if stanza is None:
        known = ", ".join(splunkd.names()) or "none"
        raise SearchError(f'there is no connection "{name}" that you may use. Connections: {known}')
    return checked(name, stanza)


def authorizer(settings, secret, redactor, role=None, clock=time.time):
    """Returns `authorize(method, url, headers, body)`, which gives the headers to send. The secret is never shown."""
    redactor.add(secret)
    if settings.auth == "none":
        return lambda method, url, headers, body: headers
    if settings.auth == "sigv4":
        return _sigv4(settings, secret, redactor, role or credentials.MachineRole(), clock)
    if not secret:
        raise SearchError(
            f'no secret of connection "{settings.name}" can be read: store it in the setup page, '
            "and give your role the capability list_storage_passwords"
        )
    value = _basic(settings.username, secret) if settings.auth == "basic" else f"ApiKey {_api_key(secret)}"
    redactor.add(value.split(" ", 1)[1])
    return lambda method, url, headers, body: {**headers, "Authorization": value}


def _sigv4(settings, secret, redactor, role, clock):
    fixed = credentials.stored(secret) if secret else None
    scope = sigv4.Scope(settings.region, settings.service)

    def authorize(method, url, headers, body):
        keys = fixed or role()
        for part in (keys.secret_access_key, keys.session_token):
            redactor.add(part)
        return sigv4.signed(method, url, headers, body, keys, scope, clock())

    return authorize


def _basic(username, password):
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _api_key(secret):
    """`id:key` as it is shown once, or the encoded form of both."""
    return base64.b64encode(secret.encode()).decode() if ":" in secret else secret


def _url(name, url):
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise _wrong(name, "url", "must be like https://host:9200")
    if parts.username or parts.password:
        raise _wrong(name, "url", "must not hold a user or a password: they belong into username and the stored secret")
    if parts.query or parts.fragment:
        raise _wrong(name, "url", "must end with the host, the port or a path")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise _wrong(name, "url", "must begin with https:// (http only to this machine)")
    return url.rstrip("/")


def _ca(path):
    """A relative path is one below $SPLUNK_HOME."""
    return os.path.join(os.environ.get("SPLUNK_HOME", "/opt/splunk"), os.path.expandvars(path)) if path else ""


def _number(name, key, text, low, high):
    number = whole_number(text, low, high)
    if number is None:
        raise _wrong(name, key, f"must be a number from {low} to {high}")
    return number


def _matching(name, key, text, pattern):
    if not re.fullmatch(pattern, text):
        raise _wrong(name, key, f'"{text}" is not allowed')
    return text


def _wrong(name, key, what):
    return SearchError(f'bongsu_connections.conf [{name}]: {key} {what}')
