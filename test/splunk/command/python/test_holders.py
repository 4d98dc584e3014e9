"""Who held an address, from states and changes of the inventory."""

from bongsu_search import holders, times
from datetime import timezone

IP = "10.0.1.15"


def ms(text):
    return times.parse(text, 0, timezone.utc)


def state(asset, at, ips=(IP,), changed=None, **more):
    aws = {"last_changed": changed or at, "state": "active", **more}
    return {"@timestamp": at, "asset": {"id": asset}, "host": {"ip": list(ips)}, "aws": {"asset": aws}}


def change(asset, start, end):
    return {"asset": {"id": asset}, "event": {"start": start, "end": end}}


def held(at, states, changes=()):
    return [(row["asset.id"], row["held"], row["since"], row["until"]) for row in holders.rows(IP, ms(at), states, changes)]


MOVED = [
    state("a", "2026-11-01T00:00:00Z"),
    state("a", "2026-11-10T00:00:00Z", ips=["10.0.9.9"]),
    state("b", "2026-11-12T00:00:00Z", created="2026-11-11T08:00:00Z"),
]
CHANGES = [change("a", "2026-11-09T00:00:00Z", "2026-11-10T00:00:00Z"), change("b", "2026-11-11T00:00:00Z", "2026-11-12T00:00:00Z")]


def test_an_address_that_moved():
    first = ("2026-11-01T00:00:00Z", "2026-11-10T00:00:00Z")
    assert held("2026-11-05", MOVED, CHANGES) == [("a", "yes", *first)]
    assert held("2026-11-09T12:00:00Z", MOVED, CHANGES) == [("a", "unsure", *first)]
    assert held("2026-11-10T12:00:00Z", MOVED, CHANGES) == []
    assert held("2026-11-11T12:00:00Z", MOVED, CHANGES) == [("b", "unsure", "2026-11-12T00:00:00Z", "")]
    assert held("2026-11-20", MOVED, CHANGES) == [("b", "yes", "2026-11-12T00:00:00Z", "")]


def test_before_the_inventory_began():
    states = [state("a", "2026-11-01T00:00:00Z", created="2026-10-01T00:00:00Z")]
    assert held("2026-10-15", states) == [("a", "unsure", "2026-11-01T00:00:00Z", "")]
    assert held("2026-09-15", states) == []


def test_a_state_that_is_told_again_each_month_is_one_period():
    states = [state("a", at, changed="2026-09-05T00:00:00Z") for at in ("2026-09-05T00:00:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")]
    assert held("2026-10-20", states) == [("a", "yes", "2026-09-05T00:00:00Z", "")]


def test_a_deleted_asset():
    states = [
        state("a", "2026-11-01T00:00:00Z"),
        state("a", "2026-11-10T00:00:00Z", state="deleted", deleted="2026-11-10T00:00:00Z"),
    ]
    assert held("2026-11-09", states) == [("a", "yes", "2026-11-01T00:00:00Z", "2026-11-10T00:00:00Z")]
    assert held("2026-11-11", states) == []


def test_the_surest_comes_first():
    states = [state("a", "2026-11-20T00:00:00Z", created="2026-11-01T00:00:00Z"), state("b", "2026-11-02T00:00:00Z")]
    assert [row[:2] for row in held("2026-11-05", states)] == [("b", "yes"), ("a", "unsure")]


def test_the_narrowest_range_comes_first():
    def block(asset, prefixes):
        return {**state(asset, "2026-11-01T00:00:00Z", ips=[], net={"prefixes": prefixes})}

    rows = holders.ranges(IP, ms("2026-11-05"), [block("vpc", ["10.0.0.0/16"]), block("subnet", ["10.0.1.0/24", "10.9.0.0/30"])])
    assert [(row["asset.id"], row["held"]) for row in rows] == [("subnet", "range"), ("vpc", "range")]


def test_ipv6_in_another_spelling():
    states = [state("a", "2026-11-01T00:00:00Z", ips=["2001:DB8:0:0::5"])]
    assert holders.rows("2001:db8::5", ms("2026-11-05"), states, [])[0]["held"] == "yes"
