"""Who held an address: states and changes of assets → one row for each asset.

A state of an asset holds from `aws.asset.last_changed` until the next state begins. The change itself happened at some
time in the window from `event.start` to `event.end` of its change document, between two looks of the inventory.
"""

import ipaddress
from datetime import datetime, timezone

from . import times

YES, UNSURE, RANGE = "yes", "unsure", "range"
_RANK = (YES, UNSURE, RANGE)


def rows(address, at, states, changes):
    """Returns the rows of assets that had the address at `at` (epoch milliseconds), the surest first.

    `states` and `changes` are documents of the inventory, of the same assets.
    """
    found = []
    for asset, documents in _by_asset(states).items():
        windows = [(_ms(_get(each, "event.start")), _ms(_get(each, "event.end"))) for each in changes if _id(each) == asset]
        held = _held(address, at, _periods(documents), windows)
        if held:
            found.append(_row(address, at, *held))
    return sorted(found, key=lambda row: (_RANK.index(row["held"]), row["asset.id"]))


def ranges(address, at, states):
    """Returns the rows of subnets, VPCs and ranges around the address, the narrowest first."""
    found = []
    for documents in _by_asset(states).values():
        period = next((each for each in reversed(_periods(documents)) if each[0] <= at), None)
        if period and (period[1] is None or at < period[1]):
            found.append((_narrowest(address, period[2]), _row(address, at, RANGE, period, "the address is in its range")))
    return [row for _, row in sorted(found, key=lambda each: (-each[0], each[1]["asset.id"]))]


def _by_asset(states):
    found = {}
    for state in states:
        found.setdefault(_id(state), []).append(state)
    return found


def _periods(documents):
    """Returns (start, end, state) by time; the end of the last is its deletion, or None. Times are in epoch milliseconds."""
    starts = {}
    for state in documents:  # a state is told again each month: its first telling is when it began
        start = min(_ms(_get(state, "aws.asset.last_changed")) or _time(state), _time(state))
        known = starts.get(start)
        if known is None or _time(known) < _time(state):
            starts[start] = state
    ordered = sorted(starts.items())
    ends = [start for start, _ in ordered[1:]] + [_ms(_get(ordered[-1][1], "aws.asset.deleted"))]
    return [(start, end, state) for (start, state), end in zip(ordered, ends)]


def _held(address, at, periods, windows):
    """Returns (certainty, period, reason), or None where the asset did not have the address."""
    for number, (start, end, state) in enumerate(periods):
        if not _has(state, address):
            continue
        if start <= at and (end is None or at < end):
            moved = _window(windows, end)
            if moved is not None and moved <= at:
                return UNSURE, (start, end, state), "it lost the address between two looks of the inventory"
            return YES, (start, end, state), _said(state)
        before = _window(windows, start)
        if before is not None and before <= at < start:
            return UNSURE, (start, end, state), "it got the address between two looks of the inventory"
        created = _ms(_get(state, "aws.asset.created"))
        if number == 0 and created is not None and created <= at < start:
            return UNSURE, (start, end, state), "it existed, and the inventory saw it later for the first time"
    return None


def _window(windows, end):
    """The earliest time of a change that was noticed at `end`; None where no change tells."""
    starts = [first for first, last in windows if first is not None and last == end]
    return min(starts) if starts else None


def _said(state):
    return "the last look did not see it" if _get(state, "aws.asset.state") == "stale" else "the inventory saw it"


def _has(state, address):
    if _get(state, "aws.asset.state") == "deleted":
        return False
    return address in {str(ipaddress.ip_address(each)) for each in _list(_get(state, "host.ip"))}


def _narrowest(address, state):
    lengths = [-1]
    for prefix in _list(_get(state, "aws.asset.net.prefixes")):
        network = ipaddress.ip_network(prefix, strict=False)
        if ipaddress.ip_address(address) in network:
            lengths.append(network.prefixlen)
    return max(lengths)


_COLUMNS = (
    "asset.id",
    "asset.type",
    "asset.name",
    "asset.owner",
    "asset.environment",
    "asset.criticality",
    "asset.exposure",
    "asset.vpc",
    "cloud.account.id",
    "cloud.account.name",
    "cloud.region",
    "aws.asset.native_id",
    "aws.asset.state",
)


def _row(address, at, held, period, why):
    start, end, state = period
    row = {"_time": f"{at / 1000:.3f}", "ip": address, "held": held, "since": _iso(start), "until": _iso(end), "why": why}
    row.update({name: str(_get(state, name) or "") for name in _COLUMNS})
    return row


def _id(document):
    return _get(document, "asset.id")


def _time(document):
    return _ms(_get(document, "@timestamp"))


def _get(document, path):
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def _ms(text):
    """ISO 8601 → epoch milliseconds."""
    if not text:
        return None
    return times.parse(text, 0, timezone.utc)


def _iso(ms):
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
