"""Clauses of a query string, and the warnings about flat_object fields."""

import json

import pytest

from bongsu_search import flat, lucene

FLAT = {"aws.request": "flat_object"}


class Fields:
    """A client whose index has one flat_object field, `aws.request`."""

    def __init__(self):
        self.asked = []

    def fields_of_type(self, index, names, kind):
        self.asked.append((index, names))
        return {name for name in names if FLAT.get(name) == kind}


def found(query):
    return [(clause.field, clause.value, clause.kind) for clause in lucene.clauses(query)]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("*", []),
        ("free text *wild*", []),
        ("a:b", [("a", "b", "term")]),
        ("a.b-c@d:x*", [("a.b-c@d", "x*", "prefix")]),
        ("a:*x*", [("a", "*x*", "wildcard")]),
        ("a:*", [("a", "*", "exists")]),
        ("a:x?z AND NOT b:c", [("a", "x?z", "wildcard"), ("b", "c", "term")]),
        ("a:\\*x", [("a", "\\*x", "term")]),
        ("a:x\\\\*", [("a", "x\\\\*", "prefix")]),
        ("a\\:b\\ c:d", [("a:b c", "d", "term")]),
        ('a:"*x*" b:"un closed *', [("a", '"*x*"', "term"), ("b", '"un closed *', "term")]),
        ("a:/x.*y/ AND b:1", [("a", "/x.*y/", "regex"), ("b", "1", "term")]),
        ("a:[1 TO 5] a:{* TO 3} a:>5 a:>=5", [("a", "[1 TO 5]", "range"), ("a", "{* TO 3}", "range"),
                                              ("a", ">5", "range"), ("a", ">=5", "range")]),
        ("a:(x OR *y* AND \"z *\")", [("a", "x", "term"), ("a", "*y*", "wildcard"), ("a", '"z *"', "term")]),
        ("_exists_:a.b", [("a.b", "*", "exists")]),
        ('"a:*b*"', []),
        ("(a:*x OR +b:y) -c:z", [("a", "*x", "wildcard"), ("b", "y", "term"), ("c", "z", "term")]),
        ("a:", [("a", "", "term")]),
        ("a:( ( (", []),
        ("http\\://x a:b", [("a", "b", "term")]),
    ],
)
def test_clauses(query, expected):
    assert found(query) == expected


@pytest.mark.parametrize("query", ["a:b AND c:d", "a:*b*", 'a:"x OR y" AND c:[1 TO 2]', "a:/x|y/ && b:c"])
def test_a_conjunction(query):
    assert lucene.is_conjunction(query)


@pytest.mark.parametrize("query", ["a:b c:d", "a:b OR c:d", "NOT a:b", "-a:b", "!a:b", "a:(b c)", "a:b || c:d", "+a:b +c:d"])
def test_no_conjunction(query):
    assert not lucene.is_conjunction(query)


def told(query):
    return list(flat.query_warnings(query, Fields(), "aws-*"))


@pytest.mark.parametrize(
    "query", ["aws.request.a:x", "aws.request.a:x*", 'aws.request.a:"*x*"', "other.a:*x*", "a:*x* b:[1 TO 2]", "*x*"]
)
def test_a_query_that_works_is_not_warned_of(query):
    assert told(query) == []


def test_only_suspects_are_looked_up():
    fields = Fields()
    list(flat.query_warnings("a:b AND c:d*", fields, "aws-*"))
    assert fields.asked == []
    list(flat.query_warnings("a.b:*d", fields, "aws-*"))
    assert fields.asked == [("aws-*", ["a", "a.b"])]


@pytest.mark.parametrize(
    "query, dsl",
    [
        ("aws.request.a:*x*", {"wildcard": {"aws.request.a": {"value": "*x*"}}}),
        ("aws.request:x?y", {"wildcard": {"aws.request": {"value": "x?y"}}}),
        ("_exists_:aws.request.a", {"wildcard": {"aws.request.a": {"value": "*"}}}),
        ("aws.request.a:/a|b/", {"regexp": {"aws.request.a": {"value": "(a|b)"}}}),
        ("b:c AND aws.request.a:*x AND d:e", {"bool": {"filter": [{"query_string": {"query": "b:c AND d:e"}},
                                                              {"wildcard": {"aws.request.a": {"value": "*x"}}}]}}),
        ("aws.request.a:*x && d:\"e f\"", {"bool": {"filter": [{"query_string": {"query": 'd:"e f"'}},
                                                               {"wildcard": {"aws.request.a": {"value": "*x"}}}]}}),
    ],
)
def test_a_warning_gives_the_query_that_works(query, dsl):
    (warning,) = told(query)
    quoted = warning.partition("dsl=")[2]
    assert json.loads(quoted[1:-1].replace('\\"', '"').replace("\\\\", "\\")) == dsl


def test_a_warning_gives_a_clause_where_the_query_can_not_be_taken_apart():
    (warning,) = told("aws.request.a:*x* OR b:c")
    assert warning.endswith('Use dsl= with this clause: {"wildcard":{"aws.request.a":{"value":"*x*"}}}')


def test_a_range_has_no_query_that_works():
    (warning,) = told("aws.request.a:[1 TO 5]")
    assert "without order" in warning and "dsl" not in warning


@pytest.mark.parametrize("piece", ["x", " ", '"', "(", "[", "a:", "a:(", "\\", "/", "a b ", "x AND ", "-", "a.", "_exists_:", "<"])
def test_a_long_query_is_read_in_linear_time(piece):
    """Half a million characters: with quadratic time this takes minutes, and the suite runs into its limit."""
    query = piece * (500_000 // len(piece))
    lucene.clauses(query)
    lucene.is_conjunction(query)
