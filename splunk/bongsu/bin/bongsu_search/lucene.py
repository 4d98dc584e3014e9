"""Reads the clauses of a Lucene query string, as far as warnings need it. The query itself is sent as it was written.

https://docs.opensearch.org/latest/query-dsl/full-text/query-string/
"""

import re
from typing import List, NamedTuple

TERM, PREFIX, WILDCARD, REGEX, RANGE, EXISTS = "term", "prefix", "wildcard", "regex", "range", "exists"


class Clause(NamedTuple):
    """`field:value` in a query: what it asks (`kind`) and where it stands (`start` to `end`)."""

    field: str
    value: str
    kind: str
    start: int
    end: int


# a field name is what stands before a colon; any character of it may be escaped
_FIELD = re.compile(r"((?:\\.|[^\s:()\[\]{}\"/+!^~<>=\\-]|(?<=\w)[-/])+):")
# what no field name begins within, once none was found at its start: skipped whole, so that long texts take linear time
_PLAIN = re.compile(r"(?:\\.|[^\s:()\[\]{}\"/+!^~<>=\\-])+")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"?')
_REGEX = re.compile(r"/(?:\\.|[^/\\])*/?")
_RANGE = re.compile(r"[\[{][^\]}]*[\]}]?|[<>]=?\s*\S+")
_WORD = re.compile(r"(?:\\.|[^\s()\\])+")
_OPERATORS = ("AND", "OR", "NOT", "&&", "||")


def clauses(query: str) -> List[Clause]:
    """Returns the clauses that name a field, also those of a group: `field:(a OR b*)`."""
    found, at = [], 0
    while at < len(query):
        quoted = _QUOTED.match(query, at)
        named = _FIELD.match(query, at)
        if quoted:
            at = quoted.end()
        elif named:
            at = _values(query, named, found)
        else:
            plain = _PLAIN.match(query, at)
            at = plain.end() if plain else at + 1
    return found


def is_conjunction(query: str) -> bool:
    """Whether all clauses of a query must hold: one clause, or several with nothing but AND between them."""
    bare = _QUOTED.sub('"', _RANGE.sub("[]", _REGEX.sub("/", query)))
    if re.search(r"(?<!\\)[()!|]|(?:^|\s)[+-]|\b(?:OR|NOT)\b", bare):
        return False
    words = bare.split()
    return all((word in ("AND", "&&")) == bool(place % 2) for place, word in enumerate(words)) and len(words) % 2 == 1


def unescape(text: str) -> str:
    """Removes the backslashes of a query string."""
    return re.sub(r"\\(.)", r"\1", text)


def _values(query, named, found):
    field, at = unescape(named[1]), named.end()
    if at < len(query) and query[at] == "(":
        return _group(query, named, field, found)
    kind, value, end = _value(query, at)
    if field == "_exists_":
        field, kind, value = unescape(value), EXISTS, "*"
    found.append(Clause(field, value, kind, named.start(), end))
    return max(end, at)


def _group(query, named, field, found):
    at = named.end() + 1
    while at < len(query) and query[at] != ")":
        if query[at].isspace() or query[at] in "(+-!":
            at += 1
            continue
        kind, value, end = _value(query, at)
        if value not in _OPERATORS:
            found.append(Clause(field, value, kind, at, end))
        at = max(end, at + 1)
    return at + 1


def _value(query, at):
    for kind, pattern in ((TERM, _QUOTED), (REGEX, _REGEX), (RANGE, _RANGE)):
        match = pattern.match(query, at)
        if match:
            return kind, match[0], match.end()
    match = _WORD.match(query, at)
    word = match[0] if match else ""
    return _kind(word), word, at + len(word)


def _kind(word):
    bare = re.sub(r"\\.", "", word)
    wildcards = bare.count("*") + bare.count("?")
    if wildcards == 0:
        return TERM
    if word == "*":
        return EXISTS
    return PREFIX if wildcards == 1 and word.endswith("*") else WILDCARD
