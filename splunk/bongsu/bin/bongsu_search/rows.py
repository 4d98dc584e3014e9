"""Turns a hit of OpenSearch into a row of Splunk. No field is lost, whatever its name or its shape."""

import json
import re
from decimal import Decimal, InvalidOperation

SOURCETYPE = "elasticsearch"

# Splunk's own names: a member of a document that is called so is a column `doc.<name>`
_RESERVED = frozenset(("host", "source", "sourcetype", "index", "linecount", "splunk_server", "doc_id"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
# what UTF-8 can't encode, and NUL, which ends a text in C
_UNSENDABLE = re.compile(r"[\x00\ud800-\udfff]")
_MAX_DEPTH = 64
_MAX_CACHED_NAMES = 20_000
_HOSTS = ("host.name", "host.hostname", "doc.host")


class RowMaker:
    """Makes rows of one connection. `fallback_host` is the host of documents that name none, `now` in epoch seconds."""

    def __init__(self, connection, tsfield, fallback_host, now):
        self._connection = connection
        self._tsfield = tsfield
        self._fallback_host = fallback_host
        self._now = now
        self._names = {}

    def row(self, hit, has_escapes=True):
        """Returns a row: field name → text, or a list of texts for a field with several values."""
        document = hit.get("_source") or {}
        columns = {}
        self._flatten(document, "", columns, 0)
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        index = hit.get("_index", "")
        row = {
            "_time": self._time(hit),
            "_raw": text,
            "host": self._host(columns),
            "source": f"{self._connection}/{index}",
            "sourcetype": SOURCETYPE,
            "index": index,
            "doc_id": hit.get("_id", ""),
        }
        row.update(columns)
        return sendable(row) if has_escapes else row

    def _flatten(self, value, path, out, depth):
        if isinstance(value, dict) and value and depth < _MAX_DEPTH:
            for name, inner in value.items():
                self._flatten(inner, f"{path}.{name}" if depth else name, out, depth + 1)
        elif isinstance(value, list) and value and depth < _MAX_DEPTH:
            for inner in value:
                self._flatten(inner, path, out, depth + 1)
        elif depth:
            _put(out, self._name(path), text_of(value))

    def _name(self, path):
        name = self._names.get(path)
        if name is None:
            name = column(path)
            if len(self._names) < _MAX_CACHED_NAMES:
                self._names[path] = name
        return name

    def _time(self, hit):
        """Seconds with their fraction, from the value that OpenSearch indexed, whatever format the document has."""
        values = (hit.get("fields") or {}).get(self._tsfield) or ()
        for value in values:
            try:
                return format((Decimal(str(value)) / 1000).normalize(), "f")
            except InvalidOperation:
                continue
        return f"{self._now:.3f}"

    def _host(self, columns):
        for name in _HOSTS:
            value = columns.get(name)
            if value:
                return value if isinstance(value, str) else value[0]
        return self._fallback_host


def column(path):
    """Returns the name of the column for the path of a member: no control characters, none of Splunk's own names."""
    name = _CONTROL.sub("_", path)
    return f"doc.{name}" if name in _RESERVED or name.startswith("_") or not name else name


def text_of(value):
    """JSON's own spelling for what is not a string; empty for null and for empty lists."""
    if isinstance(value, str):
        return value
    if value is None or value == []:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sendable(row):
    """Replaces what can't go over the protocol, half surrogate pairs and NUL, by U+FFFD."""
    return {name: _sendable(value) for name, value in row.items()}


def _sendable(value):
    if isinstance(value, list):
        return [_UNSENDABLE.sub("\ufffd", each) for each in value]
    return _UNSENDABLE.sub("\ufffd", value)


def _put(out, name, text):
    before = out.get(name)
    if before is None:
        out[name] = text
    elif isinstance(before, list):
        before.append(text)
    else:
        out[name] = [before, text]
