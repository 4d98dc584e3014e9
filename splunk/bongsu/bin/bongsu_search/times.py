"""Points in time as people write them, in Splunk's syntax, in OpenSearch's, as epoch seconds or as ISO 8601.

    -30m  -30m@m  @d  @w1  -1mon@mon+7d  now          Splunk
    now-30m  now-1d/d  2026-11-30||+1h  now-1M        OpenSearch date math
    1790000000  1790000000.123  1790000000123         epoch seconds, or milliseconds from 12 digits on
    2026-11-30  2026-11-30T12:00:00.123+09:00         ISO 8601, in the given zone where it names none
    11/30/2026:12:00:00                               Splunk's default format

Seconds, minutes and hours are of fixed length. Days and longer units follow the calendar of the zone, so `-1d` keeps
the time of day across a change to summer time. Every rounding goes down.
https://docs.splunk.com/Documentation/Splunk/latest/Search/Specifytimemodifiersinyoursearch
https://docs.opensearch.org/latest/field-types/supported-field-types/date/#date-math
"""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import ROUND_CEILING, Decimal

from .errors import SearchError

_FIXED = {"s": 1, "m": 60, "h": 3600}
_NAMES = {
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w week weeks",
    "mon": "mon month months",
    "q": "q qtr qtrs quarter quarters",
    "y": "y yr yrs year years",
}
_UNITS = {name: unit for unit, names in _NAMES.items() for name in names.split()}
_STEP = re.compile(r"(?P<amount>[+-]\d{0,9})(?P<unit>[A-Za-z]+)|(?P<snap>[@/])(?P<to>[A-Za-z]+)(?P<weekday>[0-7]?)", re.ASCII)
_EPOCH = re.compile(r"^\d{1,16}(?:\.\d{1,9})?$", re.ASCII)
_ISO = re.compile(
    r"^(\d{4})[-./](\d{2})[-./](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$",
    re.ASCII,
)
_US = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?::(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)?$", re.ASCII)
_MILLISECONDS_FROM = 10**11
_MAX = 253402300799  # 9999-12-31T23:59:59Z


def parse(text: str, now: float, zone: tzinfo) -> int:
    """Returns epoch milliseconds. `now` is in epoch seconds.

    A part of a millisecond is rounded up: a document holds milliseconds, and both `t >= start` and `t < end` stay
    exact that way. Raises SearchError for text that is no point in time.
    """
    written = text.strip()
    try:
        base, steps = _split(written, Decimal(repr(now)), zone)
        for step in _steps(steps, written):
            base = _apply(base, step, zone, written)
    except (OverflowError, ValueError):
        raise _unreadable(text) from None
    if not 0 <= base <= _MAX:
        raise SearchError(f'the time "{text}" is not between 1970 and 9999')
    return int((base * 1000).to_integral_value(ROUND_CEILING))


def _unreadable(text):
    return SearchError(
        f'"{text}" is no time: write now-30m, -30m@m, @d, epoch seconds or an ISO 8601 time like 2026-11-30T12:00:00+09:00'
    )


def _split(text, now, zone):
    """Cuts text into the instant it starts from and the steps that follow."""
    for prefix in ("now()", "now"):
        if text.lower().startswith(prefix):
            return now, text[len(prefix) :]
    anchor, bar, steps = text.partition("||")
    absolute = _absolute(anchor, zone)
    if absolute is not None:
        return absolute, steps
    if bar or not text or text[0] not in "+-@":
        raise _unreadable(text)
    return now, text


def _absolute(text, zone):
    if _EPOCH.match(text):
        value = Decimal(text)
        return value / 1000 if value >= _MILLISECONDS_FROM else value
    match = _ISO.match(text)
    if match:
        year, month, day, hour, minute, second, fraction, offset = match.groups()
        return _instant((year, month, day, hour, minute, second), fraction, _offset(offset) or zone)
    match = _US.match(text)
    if match:
        month, day, year, hour, minute, second, fraction = match.groups()
        return _instant((year, month, day, hour, minute, second), fraction, zone)
    return None


def _offset(text):
    if text is None:
        return None
    if text == "Z":
        return timezone.utc
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _instant(parts, fraction, zone):
    return _epoch(datetime(*(int(part or 0) for part in parts), tzinfo=zone)) + Decimal(f"0.{fraction or 0}")


def _epoch(moment: datetime) -> Decimal:
    """A wall-clock time that summer time skips is read with the offset before the change, one that comes twice as the first."""
    return Decimal(int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()))


def _steps(text, whole):
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if not match:
            raise _unreadable(whole)
        yield match
        at = match.end()


def _unit(name, whole):
    if name == "M":  # OpenSearch's month; Splunk has no such unit
        return "mon"
    unit = _UNITS.get(name.lower())
    if unit is None:
        raise SearchError(f'"{name}" in the time "{whole}" is no unit of time: s, m, h, d, w, mon, q, y')
    return unit


def _apply(base, step, zone, whole):
    if step["snap"]:
        if step["weekday"] and step["to"].lower() != "w":
            raise _unreadable(whole)
        return _floor(base, _unit(step["to"], whole), step["weekday"], step["snap"], zone)
    sign = step["amount"]
    return _add(base, int(sign if len(sign) > 1 else sign + "1"), _unit(step["unit"], whole), zone)


def _wall(base, zone):
    """The wall clock of an instant, and the part of the second that a datetime would round."""
    whole = int(base)
    return datetime.fromtimestamp(whole, zone), base - whole


def _add(base, amount, unit, zone):
    if unit in _FIXED:
        return base + amount * _FIXED[unit]
    wall, fraction = _wall(base, zone)
    if unit in ("d", "w"):
        moved = wall + timedelta(days=amount * (7 if unit == "w" else 1))
    else:
        months = wall.year * 12 + wall.month - 1 + amount * {"mon": 1, "q": 3, "y": 12}[unit]
        year, month = divmod(months, 12)
        moved = wall.replace(year=year, month=month + 1, day=min(wall.day, _days(year, month + 1)), fold=0)
    return _epoch(moved) + fraction


def _days(year, month):
    following = datetime(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _floor(base, unit, weekday, snap, zone):
    """Splunk's week begins on Sunday (`@w1` on Monday), OpenSearch's (`/w`) on Monday."""
    if unit in _FIXED:
        shift = int(_wall(base, zone)[0].utcoffset().total_seconds())
        return (base + shift) // _FIXED[unit] * _FIXED[unit] - shift
    day = _wall(base, zone)[0].replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if unit == "w":
        first = int(weekday or (1 if snap == "/" else 0)) % 7
        day -= timedelta(days=(day.isoweekday() - first) % 7)
    elif unit == "mon":
        day = day.replace(day=1)
    elif unit == "q":
        day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    elif unit == "y":
        day = day.replace(month=1, day=1)
    return _epoch(day)
