"""Points in time in every syntax, in time zones with and without summer time."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bongsu_search import times, zones
from bongsu_search.errors import SearchError

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
UTC = timezone.utc


def at(text):
    """The instant of an ISO time with an offset, in epoch seconds."""
    return datetime.fromisoformat(text).timestamp()


def parsed(text, now, zone):
    """What a text means, as an ISO time in the zone."""
    return datetime.fromtimestamp(times.parse(text, at(now), zone) / 1000, zone).isoformat()


NOW = "2026-11-30T12:34:56+00:00"  # Monday, 21:34:56 in Seoul


@pytest.mark.parametrize(
    "text, utc, seoul",
    [
        # both write -30m, with and without now
        ("now", "2026-11-30T12:34:56+00:00", "2026-11-30T21:34:56+09:00"),
        ("now()", "2026-11-30T12:34:56+00:00", "2026-11-30T21:34:56+09:00"),
        ("now-30m", "2026-11-30T12:04:56+00:00", "2026-11-30T21:04:56+09:00"),
        ("-30m", "2026-11-30T12:04:56+00:00", "2026-11-30T21:04:56+09:00"),
        ("-30m@m", "2026-11-30T12:04:00+00:00", "2026-11-30T21:04:00+09:00"),
        ("now-30m/m", "2026-11-30T12:04:00+00:00", "2026-11-30T21:04:00+09:00"),
        ("now-30m@m", "2026-11-30T12:04:00+00:00", "2026-11-30T21:04:00+09:00"),
        ("-h", "2026-11-30T11:34:56+00:00", "2026-11-30T20:34:56+09:00"),
        ("+1h", "2026-11-30T13:34:56+00:00", "2026-11-30T22:34:56+09:00"),
        ("@h", "2026-11-30T12:00:00+00:00", "2026-11-30T21:00:00+09:00"),
        # a day begins nine hours earlier in Seoul
        ("@d", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("now/d", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("-1d@d+3h", "2026-11-29T03:00:00+00:00", "2026-11-29T03:00:00+09:00"),
        # Splunk's week begins on Sunday, OpenSearch's on Monday
        ("@w", "2026-11-29T00:00:00+00:00", "2026-11-29T00:00:00+09:00"),
        ("@w0", "2026-11-29T00:00:00+00:00", "2026-11-29T00:00:00+09:00"),
        ("@w1", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("@w2", "2026-11-24T00:00:00+00:00", "2026-11-24T00:00:00+09:00"),
        ("@w7", "2026-11-29T00:00:00+00:00", "2026-11-29T00:00:00+09:00"),
        ("now/w", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("-1w@w", "2026-11-22T00:00:00+00:00", "2026-11-22T00:00:00+09:00"),
        ("-1mon@mon+7d", "2026-10-08T00:00:00+00:00", "2026-10-08T00:00:00+09:00"),
        ("now-1M/M", "2026-10-01T00:00:00+00:00", "2026-10-01T00:00:00+09:00"),
        ("@q", "2026-10-01T00:00:00+00:00", "2026-10-01T00:00:00+09:00"),
        ("-1q@q", "2026-07-01T00:00:00+00:00", "2026-07-01T00:00:00+09:00"),
        ("@y", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+09:00"),
        ("-1y", "2025-11-30T12:34:56+00:00", "2025-11-30T21:34:56+09:00"),
        ("-2days@day", "2026-11-28T00:00:00+00:00", "2026-11-28T00:00:00+09:00"),
        ("1790000000", "2026-09-21T14:13:20+00:00", "2026-09-21T23:13:20+09:00"),
        ("1790000000.5", "2026-09-21T14:13:20.500000+00:00", "2026-09-21T23:13:20.500000+09:00"),
        ("1790000000123", "2026-09-21T14:13:20.123000+00:00", "2026-09-21T23:13:20.123000+09:00"),
        ("0", "1970-01-01T00:00:00+00:00", "1970-01-01T09:00:00+09:00"),
        # without an offset in the zone of the search, with one as it says
        ("2026-11-30", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("2026-11-30T12:00", "2026-11-30T12:00:00+00:00", "2026-11-30T12:00:00+09:00"),
        ("2026-11-30 12:00:01.25", "2026-11-30T12:00:01.250000+00:00", "2026-11-30T12:00:01.250000+09:00"),
        ("2026-11-30T12:00:00Z", "2026-11-30T12:00:00+00:00", "2026-11-30T21:00:00+09:00"),
        ("2026-11-30T12:00:00+09:00", "2026-11-30T03:00:00+00:00", "2026-11-30T12:00:00+09:00"),
        ("2026-11-30T12:00:00-0530", "2026-11-30T17:30:00+00:00", "2026-12-01T02:30:00+09:00"),
        ("11/30/2026:12:00:00", "2026-11-30T12:00:00+00:00", "2026-11-30T12:00:00+09:00"),
        ("11/30/2026", "2026-11-30T00:00:00+00:00", "2026-11-30T00:00:00+09:00"),
        ("2026-11-30||-1d/d", "2026-11-29T00:00:00+00:00", "2026-11-29T00:00:00+09:00"),
        ("2026-11-30||/M", "2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+09:00"),
    ],
)
def test_a_time_in_utc_and_in_seoul(text, utc, seoul):
    assert parsed(text, NOW, UTC) == utc
    assert parsed(text, NOW, SEOUL) == seoul


@pytest.mark.parametrize(
    "zone, now, text, expected",
    [
        # clocks go forward on 8 March 2026 at 02:00: the day has 23 hours
        (NEW_YORK, "2026-03-09T12:00:00-04:00", "-1d", "2026-03-08T12:00:00-04:00"),
        (NEW_YORK, "2026-03-08T12:00:00-04:00", "-1d", "2026-03-07T12:00:00-05:00"),
        (NEW_YORK, "2026-03-08T12:00:00-04:00", "-24h", "2026-03-07T11:00:00-05:00"),
        (NEW_YORK, "2026-03-08T12:00:00-04:00", "@d", "2026-03-08T00:00:00-05:00"),
        (NEW_YORK, "2026-03-08T12:00:00-04:00", "@d+12h", "2026-03-08T13:00:00-04:00"),
        (NEW_YORK, "2026-03-08T03:30:00-04:00", "-30m@h", "2026-03-08T03:00:00-04:00"),
        (NEW_YORK, "2026-03-08T03:30:00-04:00", "-31m@h", "2026-03-08T01:00:00-05:00"),
        # 02:30 does not exist that day: it is read with the offset before the change
        (NEW_YORK, NOW, "2026-03-08T02:30:00", "2026-03-08T03:30:00-04:00"),
        # clocks go back on 1 November 2026 at 02:00: 01:30 comes twice and is read as the first
        (NEW_YORK, NOW, "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00"),
        (NEW_YORK, "2026-11-01T12:00:00-05:00", "-24h", "2026-10-31T13:00:00-04:00"),
        (NEW_YORK, "2026-11-01T12:00:00-05:00", "-1d", "2026-10-31T12:00:00-04:00"),
        (NEW_YORK, "2026-11-01T01:30:00-05:00", "@h", "2026-11-01T01:00:00-05:00"),
        (NEW_YORK, "2026-11-01T01:30:00-04:00", "@h", "2026-11-01T01:00:00-04:00"),
        (NEW_YORK, "2026-11-15T12:00:00-05:00", "@mon", "2026-11-01T00:00:00-04:00"),
        # half an hour of summer time
        (LORD_HOWE, "2026-04-05T12:00:00+10:30", "-1d@d", "2026-04-04T00:00:00+11:00"),
        # midnight itself is skipped: the day begins at one
        (SAO_PAULO, "2018-11-04T12:00:00-02:00", "@d", "2018-11-04T01:00:00-02:00"),
        # no such day in the month: its last one
        (UTC, "2026-03-31T12:00:00+00:00", "-1mon", "2026-02-28T12:00:00+00:00"),
        (UTC, "2028-02-29T12:00:00+00:00", "-1y", "2027-02-28T12:00:00+00:00"),
        (UTC, "2026-01-15T12:00:00+00:00", "-1mon@mon", "2025-12-01T00:00:00+00:00"),
    ],
)
def test_summer_time_and_short_months(zone, now, text, expected):
    assert parsed(text, now, zone) == expected


def test_seconds_to_hours_agree_with_counting_in_utc_at_every_quarter_hour_of_a_year():
    start = int(at("2026-01-01T00:00:00+00:00"))
    for now in range(start, start + 366 * 86400, 900):
        assert times.parse("-90m", now, NEW_YORK) == (now - 5400) * 1000
        assert times.parse("@h", now, NEW_YORK) == now // 3600 * 3600 * 1000


def test_days_agree_with_a_search_hour_by_hour():
    """@d is the latest instant not after now at which the date of the zone changes."""
    start = int(at("2026-01-01T00:00:00+00:00"))
    date = lambda second: datetime.fromtimestamp(second, NEW_YORK).date()  # noqa: E731
    midnights = [hour for hour in range(start - 172800, start + 370 * 86400, 3600) if date(hour) != date(hour - 1)]
    for now in range(start, start + 366 * 86400, 3000):
        assert times.parse("@d", now, NEW_YORK) == max(each for each in midnights if each <= now) * 1000


def test_a_part_of_a_millisecond_is_rounded_up():
    assert times.parse("1790000000.1234", 0, UTC) == 1790000000124
    assert times.parse("2026-11-30T12:00:00.0000001Z", 0, UTC) == 1796040000001


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "-5parsecs", "@", "-", "now-", "now 5m", "30m", "2026-13-01", "2026-02-30", "2026-11-30T25:00",
     "-1d@d@", "@d3", "@w8", "rt", "rt-5m", "1e9", "-99999999y", "+999999999d", "99999999999999999", "now||-1d",
     "2026-11-30T12:00:00+09:00:00", "١٢٣", "0x10", "-1d; rm -rf /", "nan", "inf"],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(SearchError):
        times.parse(text, at(NOW), UTC)


@pytest.mark.parametrize(
    "name, hours", [("UTC", 0), ("Z", 0), ("+09:00", 9), ("-0530", -5.5), ("UTC+9", 9), ("gmt-3", -3), ("Asia/Seoul", 9)]
)
def test_a_zone_by_name_or_offset(name, hours):
    offset = datetime(2026, 11, 30, tzinfo=zones.zone(name)).utcoffset()
    assert offset.total_seconds() == hours * 3600


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime", "+25:00", "UTC+99"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(SearchError):
        zones.zone(name)


def test_a_zone_for_opensearch():
    assert zones.offset_text(0, SEOUL) == "Asia/Seoul"
    assert zones.offset_text(0, zones.zone("-05:30")) == "-05:30"
    assert zones.offset_text(0, UTC) == "+00:00"
