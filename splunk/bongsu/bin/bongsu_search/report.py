"""Collects what a search has to tell besides rows: failed shards, time-outs and the number of all matches."""

from .client import reasons


class Report:
    """`warn(text)` takes one warning. Each is told once."""

    def __init__(self, warn):
        self._warn = warn
        self._told = set()
        self.total = None

    def warn(self, text):
        """Tells a warning, unless it was told."""
        if text not in self._told:
            self._told.add(text)
            self._warn(text)

    def shards(self, shards):
        """In: `_shards` of an answer."""
        failed = shards.get("failed", 0)
        if failed:
            told = reasons({"failed_shards": shards.get("failures") or []})
            self.warn(
                f"{failed} of {shards.get('total', '?')} shards failed, so rows are missing"
                + (f": {told}" if told else "")
            )

    def answer(self, body):
        """In: the body of a search. The first one that counts all matches gives the total."""
        self.shards(body.get("_shards", {}))
        if body.get("timed_out"):
            self.warn("OpenSearch ran out of time, so rows are missing: raise timeout of the connection, or search less")
        if self.total is None:
            self.total = (body.get("hits", {}).get("total") or {}).get("value")

    def limit(self, size):
        """Warns where more documents match than were asked for."""
        if self.total is not None and self.total > size:
            self.warn(f"{self.total:,} documents match and size={size} rows are shown: raise size= to see more")
