"""The option agg=: `terms(event.action, 10) > stats(source.bytes)` → aggregations of OpenSearch → rows.

    terms(field[, size])               the most frequent values; size is 100 where it is not given
    date_histogram([field,] interval)  buckets of time: 5m, 1h, 1d
    stats(field)                       count, min, max, avg, sum
    avg sum min max dc count (field)   one number; dc counts different values
    perc(field[, 95, 99])              percentiles
`>` divides each bucket further; several metrics stand at the end with commas: `terms(a) > avg(b), max(b)`.
"""

import re

from . import intervals
from .errors import SearchError, whole_number

_CALL = re.compile(r"\s*([a-z_]+)\s*\(([^()]*)\)\s*")
_MAX_TERMS = 10_000
_SIMPLE = {"avg": "avg", "sum": "sum", "min": "min", "max": "max", "dc": "cardinality", "count": "value_count"}
_METRICS = (*_SIMPLE, "stats", "perc")


class Range:
    """The time range of a search, for buckets of time."""

    def __init__(self, tsfield, start, end, time_zone):
        self.tsfield = tsfield
        self.start = start
        self.end = end
        self.time_zone = time_zone


def parsed(text, span):
    """Returns the `aggs` of a body, and the fields that are aggregated. Raises SearchError for what can't be read."""
    levels = [_calls(level, text) for level in text.split(">")]
    for level in levels[:-1]:
        if len(level) != 1 or level[0][0] in _METRICS:
            raise SearchError(f'agg="{text}": only terms and date_histogram can be divided further by >')
    inner, fields = {}, []
    for level in reversed(levels):
        made = {}
        for name, arguments in level:
            title, spec, field = _made(name, arguments, span, text)
            made[title] = {**spec, **({"aggs": inner} if inner else {})}
            fields.append(field)
        inner = made
    return inner, fields


def _calls(level, text):
    calls, at = [], 0
    while at < len(level):
        match = _CALL.match(level, at)
        if not match:
            raise SearchError(f'agg="{text}" can\'t be read: write terms(field, 10), date_histogram(1h) or stats(field)')
        calls.append((match[1], [part.strip() for part in match[2].split(",") if part.strip()]))
        at = match.end()
        if at < len(level) and level[at] == ",":
            at += 1
    if not calls:
        raise SearchError(f'agg="{text}": nothing stands before or after >')
    if len(calls) > 1 and any(name not in _METRICS for name, _ in calls):
        raise SearchError(f'agg="{text}": divide by a second field with >, not with a comma')
    return calls


def _made(name, arguments, span, text):
    """Returns the title of a column, the aggregation, and the field."""
    if name == "date_histogram" and arguments:
        field, interval = arguments if len(arguments) == 2 else (span.tsfield, arguments[0])
        is_own = field == span.tsfield
        limits = (span.start, span.end) if is_own else (None, None)
        return "_time", intervals.histogram(field, interval, *limits, span.time_zone), field
    if not arguments:
        raise SearchError(f'agg="{text}": {name} needs a field')
    field = arguments[0]
    if any(character in field for character in "[]>"):
        raise SearchError(f'agg="{text}": a field name can\'t have [, ] or >')
    if name == "terms":
        return field, {"terms": {"field": field, "size": _size(arguments, text)}}, field
    if name in _SIMPLE and len(arguments) == 1:
        return f"{name}({field})", {_SIMPLE[name]: {"field": field}}, field
    if name == "stats" and len(arguments) == 1:
        return f"stats({field})", {"stats": {"field": field}}, field
    if name == "perc":
        return f"perc({field})", {"percentiles": {"field": field, "percents": _percents(arguments, text)}}, field
    raise SearchError(f'agg="{text}": {name} is not known or has too many arguments')


def _size(arguments, text):
    if len(arguments) == 1:
        return 100
    size = whole_number(arguments[1], 1, _MAX_TERMS) if len(arguments) == 2 else None
    if size is None:
        raise SearchError(f'agg="{text}": terms takes a field and a size from 1 to {_MAX_TERMS:,}')
    return size


def _percents(arguments, text):
    try:
        percents = [float(each) for each in arguments[1:]] or [50.0, 95.0, 99.0]
    except ValueError:
        percents = [-1.0]
    if not all(0 <= each <= 100 for each in percents):
        raise SearchError(f'agg="{text}": perc takes a field and numbers from 0 to 100')
    return percents
