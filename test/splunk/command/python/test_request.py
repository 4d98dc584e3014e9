"""The body of a search."""

import pytest

from bongsu_search import fields, request
from bongsu_search.errors import SearchError


def test_the_start_is_in_and_the_end_is_out():
    assert request.time_filter("t", 1, 2) == {"range": {"t": {"gte": 1, "lt": 2, "format": "epoch_millis"}}}
    assert request.time_filter("t", None, 2) == {"range": {"t": {"lt": 2, "format": "epoch_millis"}}}
    assert request.time_filter("t", None, None) is None


@pytest.mark.parametrize("query", ["", " ", "*", "*:*"])
def test_a_query_for_everything_is_no_clause(query):
    assert request.query_string(query, "UTC") is None


def test_all_clauses_must_match():
    assert request.filtered([None, None]) == {"match_all": {}}
    assert request.filtered([{"a": 1}, None, {"b": 2}]) == {"bool": {"filter": [{"a": 1}, {"b": 2}]}}


@pytest.mark.parametrize(
    "text, body",
    [
        ('{"term":{"a":1}}', {"query": {"term": {"a": 1}}}),
        ('{"query":{"term":{"a":1}},"sort":["a"]}', {"query": {"term": {"a": 1}}, "sort": ["a"]}),
        ('{"aggs":{"x":{}}}', {"aggs": {"x": {}}}),
    ],
)
def test_dsl_is_a_clause_or_a_body(text, body):
    assert request.dsl(text) == body


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "no JSON"),
        ("3", "must be a JSON object"),
        ("{}", "must be a JSON object"),
        ('{"query":{},"from":5}', "can't have from"),
        ('{"a":' * 101 + "1" + "}" * 101, "nested too deeply"),
        ("[" * 100_000, "no JSON|nested too deeply"),
        (" " * 1_000_001, "longer than"),
    ],
)
def test_other_dsl_is_refused(text, says):
    with pytest.raises(SearchError, match=says):
        request.dsl(text)


@pytest.mark.parametrize(
    "text, order",
    [
        (None, [("t", "desc")]),
        ("a", [("a", "asc"), ("t", "desc")]),
        ("-a, b:DESC,+c", [("a", "desc"), ("b", "desc"), ("c", "asc"), ("t", "desc")]),
        ("t:asc", [("t", "asc")]),
        ("a:b:desc", [("a:b", "desc"), ("t", "desc")]),
    ],
)
def test_sorting(text, order):
    assert [(name, spec["order"]) for clause in fields.sorting(text, "t") for name, spec in clause.items()] == order


@pytest.mark.parametrize("text", ["", ",", "_id", "_doc", "a,-_score"])
def test_an_order_that_can_not_be_had(text):
    with pytest.raises(SearchError):
        fields.sorting(text, "t")
