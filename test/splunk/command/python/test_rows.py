"""Rows hold every member of a document, whatever it is called and however it is shaped."""

import json
import sys

import pytest

from bongsu_search.rows import RowMaker, column

MAKER = RowMaker("main", "@timestamp", "opensearch.example.com", 1790000000)


def row(document, **hit):
    return MAKER.row({"_index": "aws-x", "_id": "1", "_source": document, **hit})


def test_a_row_has_what_splunk_expects():
    made = row({"a": 1}, fields={"@timestamp": ["1790000000123"]})
    assert made == {
        "_time": "1790000000.123",
        "_raw": '{"a":1}',
        "host": "opensearch.example.com",
        "source": "main/aws-x",
        "sourcetype": "elasticsearch",
        "index": "aws-x",
        "doc_id": "1",
        "a": "1",
    }


@pytest.mark.parametrize(
    "indexed, time",
    [("1790000000123", "1790000000.123"), ("1790000000000", "1790000000"), ("1790000000123.456789", "1790000000.123456789"),
     (1790000000123, "1790000000.123"), ("0", "0"), ("-1500", "-1.5"), ("no number", "1790000000.000")],
)
def test_the_time_is_what_opensearch_indexed(indexed, time):
    assert row({}, fields={"@timestamp": [indexed]})["_time"] == time


@pytest.mark.parametrize(
    "document, columns",
    [
        ({"a": {"b": {"c": "x"}}}, {"a.b.c": "x"}),
        ({"a.b": "x", "a": {"b": "y"}}, {"a.b": ["x", "y"]}),
        ({"a": [1, 2.5, True, None, "t"]}, {"a": ["1", "2.5", "true", "", "t"]}),
        ({"a": [{"b": 1}, {"b": 2, "c": [3, [4]]}]}, {"a.b": ["1", "2"], "a.c": ["3", "4"]}),
        ({"a": None, "b": [], "c": {}, "d": ""}, {"a": "", "b": "", "c": "{}", "d": ""}),
        ({"n": 2**63, "big": 10**30, "small": 1e-7}, {"n": str(2**63), "big": str(10**30), "small": "1e-07"}),
        ({"host": "web1", "source": "s", "index": "i", "sourcetype": "t"},
         {"doc.host": "web1", "doc.source": "s", "doc.index": "i", "doc.sourcetype": "t", "host": "web1"}),
        ({"host": {"name": "web2"}, "source": {"ip": "192.0.2.1"}},
         {"host": "web2", "host.name": "web2", "source.ip": "192.0.2.1", "source": "main/aws-x"}),
        ({"_raw": "r", "_time": 5, "__mv_a": "$x$"}, {"doc._raw": "r", "doc._time": "5", "doc.__mv_a": "$x$"}),
        ({"": "empty", "a b": 1, 'q"uote': 2, "comma,": 3, "new\nline": 4, "nul\x00": 5},
         {"doc.": "empty", "a b": "1", 'q"uote': "2", "comma,": "3", "new_line": "4", "nul_": "5"}),
        ({"new\nline": 1, "new\tline": 2}, {"new_line": ["1", "2"]}),
        ({"한글": {"이름": "봉수"}}, {"한글.이름": "봉수"}),
    ],
)
def test_no_member_is_lost(document, columns):
    made = row(document)
    assert {name: made[name] for name in columns} == columns
    assert json.loads(made["_raw"]) == document


def test_what_utf_8_can_not_hold_is_replaced():
    made = row({"half": "a\ud800b", "nul": "c\x00d", "\udfff": ["\ud800", "ok"]})
    assert (made["half"], made["nul"], made["doc._"]) == ("a\ufffdb", "c\ufffdd", ["\ufffd", "ok"])
    "".join(str(value) for value in made.values()).encode("utf-8")


def test_a_document_nested_deeper_than_64_ends_as_json():
    document = {"a": 1}
    for _ in range(200):
        document = {"a": document}
    made = row(document)
    (path,) = [name for name in made if name.startswith("a.")]
    assert path.count("a") == 64
    assert json.loads(made[path])["a"]


def test_names_are_not_kept_without_bound():
    maker = RowMaker("main", "@timestamp", "h", 0)
    for number in range(30_000):
        maker.row({"_index": "i", "_id": "1", "_source": {f"k{number}": 1}})
    assert sys.getsizeof(maker._names) < 3_000_000


@pytest.mark.parametrize("name", ["host", "source", "sourcetype", "index", "doc_id", "_time", "_", ""])
def test_splunks_own_names_are_not_overwritten(name):
    assert column(name) == f"doc.{name}"
