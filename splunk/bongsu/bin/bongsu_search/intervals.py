"""Lengths of the buckets of counts over time."""

import re

from .errors import SearchError

_WRITTEN = re.compile(r"^([0-9]{0,6})\s*([A-Za-z]+)$")
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
    **dict.fromkeys(("M", "mon", "month", "months"), "M"),
    **dict.fromkeys(("q", "qtr", "quarter", "quarters"), "q"),
    **dict.fromkeys(("y", "yr", "year", "years"), "y"),
}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629800, "q": 7889400, "y": 31557600}
_STEPS = ("1s", "5s", "10s", "30s", "1m", "5m", "10m", "30m", "1h", "3h", "6h", "12h", "1d", "1w", "1M", "1y")
_AUTOMATIC = 120  # buckets at most
MAX_BUCKETS = 50_000


def histogram(field, interval, start, end, time_zone):
    """Returns a `date_histogram` whose first and last bucket are those of the range, also where nothing is in them.

    `interval` is like `5m` or `1d`; None picks one for at most 120 buckets. `start` and `end` are epoch milliseconds or
    None. Days and longer units follow the calendar of the time zone.
    """
    limited = start is not None and end is not None
    if interval is None and not limited:
        return {"auto_date_histogram": {"field": field, "buckets": _AUTOMATIC, "time_zone": time_zone}}
    written = interval or _picked(end - start)
    amount, unit = _parsed(written)
    spec = {"field": field, **_length(amount, unit, written), "time_zone": time_zone, "min_doc_count": 0}
    if limited:
        if (end - start) / 1000 / _SECONDS[unit] / amount > MAX_BUCKETS:
            raise SearchError(f"interval={written} makes more than {MAX_BUCKETS:,} buckets: choose a longer one")
        spec["extended_bounds"] = {"min": start, "max": end - 1}
    else:
        spec["min_doc_count"] = 1
    return {"date_histogram": spec}


def _picked(span):
    for step in _STEPS:
        amount, unit = _parsed(step)
        if span / 1000 / (_SECONDS[unit] * amount) <= _AUTOMATIC:
            return step
    return _STEPS[-1]


def _parsed(text):
    match = _WRITTEN.match(text.strip())
    unit = _UNITS.get(match[2]) or _UNITS.get(match[2].lower()) if match else None
    amount = int(match[1] or 1) if match else 0
    if unit is None or amount < 1:
        raise SearchError(f'"{text}" is no interval: write 30s, 5m, 1h, 1d, 1w, 1mon, 1q or 1y')
    return amount, unit


def _length(amount, unit, written):
    if unit in "smh":
        return {"fixed_interval": f"{amount}{unit}"}
    if amount == 1:
        return {"calendar_interval": f"1{unit}"}
    if unit in "dw":
        return {"fixed_interval": f"{amount * (7 if unit == 'w' else 1)}d"}
    raise SearchError(f"interval={written}: only one month, quarter or year at a time")
