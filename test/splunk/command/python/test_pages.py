"""Pages give each hit exactly once, however many share a place in the order. Held against sorting all of them at once."""

import random

import pytest

from bongsu_search import pages as paging
from bongsu_search.errors import SearchError
from bongsu_search.report import Report
from bongsu_search.transport import Answer, TooLarge


class Cluster:
    """Sorts and cuts as OpenSearch does: by time, then by the document's number in its shard, equal ones by shard."""

    def __init__(self, hits, bytes_per_hit=1000, total=None):
        self.hits = sorted(hits, key=lambda hit: (-hit[0], hit[1], hit[2]))
        self.bytes_per_hit = bytes_per_hit
        self.open = set()
        self.asked = []
        self.fails_at = None

    def search(self, index, body):
        return self._answer(self.hits, body)

    def open_pit(self, index):
        self.open.add("pit")
        return "pit", {"total": 3, "failed": 0}

    def close_pit(self, pit):
        self.open.remove(pit)

    def search_pit(self, pit, body):
        assert pit in self.open
        if self.fails_at is not None and len(self.asked) >= self.fails_at:
            raise SearchError("the point in time is gone")
        assert [name for clause in body["sort"] for name in clause] == ["t", "_doc"]
        left = self.hits
        if "search_after" in body:
            after = body["search_after"]
            left = [hit for hit in self.hits if (-hit[0], hit[1]) > (-after[0], after[1])]
        return self._answer(left, body)

    def _answer(self, hits, body):
        self.asked.append(body["size"])
        if body["size"] * self.bytes_per_hit > 32 * 1024 * 1024:
            raise TooLarge()
        found = [
            {"_index": f"shard{shard}", "_id": str(doc), "sort": [time, doc]} for time, doc, shard in hits[: body["size"]]
        ]
        total = {"total": {"value": len(self.hits)}} if body["track_total_hits"] else {}
        return Answer(200, {"hits": {**total, "hits": found}}, len(found) * self.bytes_per_hit, False)


BODY = {"query": {}, "sort": [{"t": {"order": "desc"}}]}


def fetched(cluster, size):
    report = Report(lambda text: None)
    hits = [hit for page in paging.pages(cluster, "i", BODY, size, report) for hit in page.hits]
    assert not cluster.open
    return [(hit["_index"], hit["_id"]) for hit in hits]


def expected(cluster, size):
    return [(f"shard{shard}", str(doc)) for _, doc, shard in cluster.hits[:size]]


@pytest.mark.parametrize("seed", range(40))
def test_every_hit_comes_once_and_in_order(seed, monkeypatch):
    chance = random.Random(seed)
    shards, times = chance.randint(1, 12), chance.choice((1, 2, 10, 1000))
    monkeypatch.setattr(paging, "FIRST", chance.choice((1, 7, 50)))
    monkeypatch.setattr(paging, "LARGEST", chance.choice((13, 40, 5000)))
    hits = [(chance.randrange(times), doc, shard) for shard in range(shards) for doc in range(chance.randint(0, 120))]
    cluster = Cluster(hits)
    size = chance.choice((1, 10, len(hits) // 2 + 1, len(hits) + 1, 10_000))
    assert fetched(cluster, size) == expected(cluster, size)


def test_a_page_holds_two_megabytes():
    cluster = Cluster([(i, i, 0) for i in range(20_000)], bytes_per_hit=2_000)
    assert len(fetched(cluster, 20_000)) == 20_000
    assert max(cluster.asked) == 2 * 1024 * 1024 // 2_000


def test_large_documents_are_fetched_in_smaller_pages():
    cluster = Cluster([(i, i, 0) for i in range(600)], bytes_per_hit=1024 * 1024)
    assert len(fetched(cluster, 600)) == 600


def test_one_document_that_is_too_large_is_an_error():
    cluster = Cluster([(i, i, 0) for i in range(600)], bytes_per_hit=64 * 1024 * 1024)
    with pytest.raises(SearchError, match="one document is larger"):
        fetched(cluster, 600)
    assert not cluster.open


def test_a_small_search_opens_no_point_in_time():
    cluster = Cluster([(i, i, 0) for i in range(499)])
    assert len(fetched(cluster, 10_000)) == 499
    assert cluster.asked == [500]


def test_an_error_half_way_closes_the_point_in_time():
    cluster = Cluster([(i, i, 0) for i in range(20_000)])
    cluster.fails_at = 4
    with pytest.raises(SearchError, match="gone"):
        fetched(cluster, 20_000)
    assert not cluster.open


def test_who_stops_early_closes_the_point_in_time():
    cluster = Cluster([(i, i, 0) for i in range(20_000)])
    found = paging.pages(cluster, "i", BODY, 20_000, Report(lambda text: None))
    next(found)
    assert cluster.open
    found.close()
    assert not cluster.open


def test_more_copies_of_a_place_than_a_page_holds(monkeypatch):
    monkeypatch.setattr(paging, "FIRST", 5)
    cluster = Cluster([(1, 0, shard) for shard in range(60)])
    assert fetched(cluster, 1_000) == expected(cluster, 1_000)
