"""Fetches any number of hits in pages of a point in time, in bounded memory, each hit exactly once.

A page is resumed by `search_after`. Hits can have equal sort values, and before OpenSearch 3.3 no sort key is unique
across shards. So the last key is `_doc`, the number of the document within its shard, and a page is asked for from one
number before: hits of other shards with the same number come again or for the first time, and those seen are dropped.
https://docs.opensearch.org/latest/search-plugins/searching-data/point-in-time/
"""

import contextlib

from . import ending
from .errors import SearchError
from .transport import TooLarge

FIRST = 500  # hits, before the size of a document is known
LARGEST = 5_000
# one page of 2 MB takes about 20 MB as Python objects
TARGET_BYTES = 2 * 1024 * 1024
MAX_EMPTY_PAGES = 3


class Page:
    """Hits of one answer."""

    __slots__ = ("hits", "has_escapes")

    def __init__(self, hits, has_escapes):
        self.hits = hits
        self.has_escapes = has_escapes


@contextlib.contextmanager
def point_in_time(client, index, report):
    """Opens a point in time and closes it, also when the process is told to end."""
    pit, shards = client.open_pit(index)
    report.shards(shards)

    def close():
        with contextlib.suppress(SearchError, OSError):
            client.close_pit(pit)

    with ending.cleanup(close):
        yield pit


def pages(client, index, body, size, report):
    """Yields pages until `size` hits are there or none is left. `body` has query and sort; `report` takes what to warn of.

    The first request is a plain search, which is enough for most. Where more match, the point in time starts over.
    """
    count = min(size, FIRST)
    try:
        answer = client.search(index, {**body, "size": count, "track_total_hits": True})
        report.answer(answer.body)
        found = _hits(answer.body)
        if size <= FIRST or len(found) < count:
            yield Page(found, answer.has_escapes)
            return
        count = next_count(count, len(found), answer.size)
    except TooLarge:
        count = _smaller(count)
    with point_in_time(client, index, report) as pit:
        yield from _paged(client, pit, body, size, count, report)


def _paged(client, pit, body, size, count, report):
    body = {**body, "sort": [*body["sort"], {"_doc": {"order": "asc"}}]}
    cursor, left, empty = Cursor(), size, 0
    while left > 0:
        asked = min(count, left + cursor.overlap)
        request = {**body, **cursor.after(), "size": asked, "track_total_hits": report.total is None}
        try:
            answer = client.search_pit(pit, request)
        except TooLarge:
            count = _smaller(asked)
            continue
        report.answer(answer.body)
        found = _hits(answer.body)
        fresh = cursor.advance(found)[:left]
        left -= len(fresh)
        if fresh:
            yield Page(_without_sort(fresh), answer.has_escapes)
        if len(found) < asked:
            return
        empty = 0 if fresh else empty + 1
        if empty == MAX_EMPTY_PAGES:
            raise SearchError("too many documents share one place in the order: add sort= with another field")
        count = next_count(count, len(found), answer.size) if fresh else min(LARGEST, asked * 4)


def _smaller(count):
    if count == 1:
        raise SearchError("one document is larger than 32 MB: leave fields out with fields=")
    return count // 4 or 1


def next_count(count, hits, size):
    """Returns how many hits to ask for so that an answer has about TARGET_BYTES; at most twice as many as before."""
    return max(1, min(LARGEST, count * 2, TARGET_BYTES * hits // max(size, 1)))


class Cursor:
    """Where the last page ended, and which hits at that very place were already given out."""

    def __init__(self):
        self._sort = None
        self._seen = set()

    @property
    def overlap(self):
        """How many hits of the next page are known already."""
        return len(self._seen)

    def after(self):
        """Returns the member `search_after` of the next request."""
        if self._sort is None:
            return {}
        return {"search_after": [*self._sort[:-1], self._sort[-1] - 1]}

    def advance(self, hits):
        """Moves to the end of a page and returns the hits of it that are new."""
        fresh = [hit for hit in hits if _key(hit) not in self._seen] if self._seen else hits
        if hits:
            last = hits[-1]["sort"]
            same = {_key(hit) for hit in hits if hit["sort"] == last}
            self._seen = same | self._seen if last == self._sort else same
            self._sort = last
        return fresh


def _key(hit):
    return hit["_index"], hit["_id"]


def _hits(body):
    return body.get("hits", {}).get("hits", [])


def _without_sort(hits):
    for hit in hits:
        hit.pop("sort", None)
    return hits
