"""agg= and interval= → aggregations, and their answers → rows."""

import pytest

from bongsu_search import aggs, buckets, intervals
from bongsu_search.errors import SearchError
from bongsu_search.report import Report

DAY = 86_400_000
SPAN = aggs.Range("@timestamp", 1790000000000, 1790000000000 + DAY, "Asia/Seoul")


def test_terms_and_metrics():
    spec, fields = aggs.parsed("terms(a.b, 5) > avg(c), dc(d)", SPAN)
    assert spec == {
        "a.b": {
            "terms": {"field": "a.b", "size": 5},
            "aggs": {"avg(c)": {"avg": {"field": "c"}}, "dc(d)": {"cardinality": {"field": "d"}}},
        }
    }
    assert sorted(fields) == ["a.b", "c", "d"]


def test_buckets_of_time_cover_the_range():
    (spec,) = aggs.parsed("date_histogram(1h)", SPAN)[0].values()
    assert spec["date_histogram"] == {
        "field": "@timestamp",
        "fixed_interval": "1h",
        "time_zone": "Asia/Seoul",
        "min_doc_count": 0,
        "extended_bounds": {"min": SPAN.start, "max": SPAN.end - 1},
    }


@pytest.mark.parametrize(
    "text",
    ["", "terms", "terms()", "terms(a", "terms(a) terms(b)", "terms(a),terms(b)", "stats(a) > terms(b)", "terms(a,0)",
     "terms(a,1000000)", "terms(a,b)", "terms(a) >", "> terms(a)", "nonsense(a)", "date_histogram()", "date_histogram(1x)",
     "avg(a,b)", "perc(a,x)", "perc(a,101)", "terms(a[0])", "date_histogram(a,b,c)", "date_histogram(1s) > "],
)
def test_what_can_not_be_read_is_refused(text):
    with pytest.raises((SearchError, ValueError)) as refused:
        aggs.parsed(text, SPAN)
    assert refused.type is SearchError


@pytest.mark.parametrize(
    "interval, length",
    [("30s", {"fixed_interval": "30s"}), ("5m", {"fixed_interval": "5m"}), ("90min", {"fixed_interval": "90m"}),
     ("h", {"fixed_interval": "1h"}), ("1d", {"calendar_interval": "1d"}), ("7d", {"fixed_interval": "7d"}),
     ("1w", {"calendar_interval": "1w"}), ("2w", {"fixed_interval": "14d"}), ("1M", {"calendar_interval": "1M"}),
     ("1mon", {"calendar_interval": "1M"}), ("1q", {"calendar_interval": "1q"}), ("1y", {"calendar_interval": "1y"})],
)
def test_an_interval(interval, length):
    spec = intervals.histogram("t", interval, None, None, "UTC")["date_histogram"]
    assert {name: spec[name] for name in length} == length


@pytest.mark.parametrize("interval", ["0s", "2mon", "-1h", "1.5h", "abc", "1", "999999999s"])
def test_an_interval_that_opensearch_has_not(interval):
    with pytest.raises(SearchError):
        intervals.histogram("t", interval, None, None, "UTC")


def test_too_many_buckets_are_refused():
    with pytest.raises(SearchError, match="more than 50,000"):
        intervals.histogram("t", "1s", 0, DAY, "UTC")


@pytest.mark.parametrize("span, length", [(60_000, "1s"), (3_600_000, "30s"), (DAY, "30m"), (30 * DAY, "6h"), (3650 * DAY, "1M")])
def test_an_interval_is_picked_for_at_most_120_buckets(span, length):
    spec = intervals.histogram("t", None, 0, span, "UTC")["date_histogram"]
    assert length in (spec.get("fixed_interval"), spec.get("calendar_interval"))


def rows(spec, results):
    warnings = []
    return list(buckets.rows(spec, results, Report(warnings.append))), warnings


def test_each_innermost_bucket_is_a_row():
    spec, _ = aggs.parsed("date_histogram(1h) > terms(a) > stats(b)", SPAN)
    results = {"_time": {"buckets": [{"key": 1790000000500, "doc_count": 3, "a": {
        "sum_other_doc_count": 7, "doc_count_error_upper_bound": 2,
        "buckets": [{"key": 1, "key_as_string": "true", "doc_count": 2,
                     "stats(b)": {"count": 2, "min": 1.0, "max": 2.5, "avg": 1.75, "sum": 3.5}},
                    {"key": "x", "doc_count": 1,
                     "stats(b)": {"count": 0, "min": None, "max": None, "avg": None, "sum": 0.0}}]}}]}}
    made, warnings = rows(spec, results)
    assert made == [
        {"_time": "1790000000.5", "a": "true", "count": 2, "count(b)": "2", "min(b)": "1", "max(b)": "2.5",
         "avg(b)": "1.75", "sum(b)": "3.5"},
        {"_time": "1790000000.5", "a": "x", "count": 1, "count(b)": "0", "min(b)": "", "max(b)": "", "avg(b)": "",
         "sum(b)": "0"},
    ]
    assert warnings == [
        "7 documents have values of a that are not shown: raise the size of terms",
        "the counts of a may be too low by 2: raise the size of terms",
    ]


def test_metrics_without_buckets_are_one_row():
    spec, _ = aggs.parsed("perc(b, 50, 99.9), max(c)", SPAN)
    made, _ = rows(spec, {"perc(b)": {"values": {"50.0": 3.0, "99.9": 7.25}}, "max(c)": {"value": 2.0}})
    assert made == [{"p50(b)": "3", "p99.9(b)": "7.25", "max(c)": "2"}]


def test_aggregations_of_a_body():
    spec = {"who": {"composite": {}, "aggs": {"errors": {"filter": {}}}}, "kinds": {"filters": {}}}
    results = {
        "who": {"after_key": {"u": "b"}, "buckets": [{"key": {"u": "a", "n": 5}, "doc_count": 2, "errors": {"doc_count": 1}}]},
        "kinds": {"buckets": {"x": {"doc_count": 3}}},
    }
    made, warnings = rows(spec, results)
    assert made == [{"u": "a", "n": "5", "errors": "errors", "count": 1}, {"kinds": "x", "count": 3}]
    assert warnings == ["who may have more buckets than are shown"]
