"""`| elasticsearchasset`: which AWS asset held an IP address at a point in time, from the inventory in OpenSearch."""

import ipaddress

from splunklib.searchcommands import Configuration, Option

from . import holders, times
from .command import BongsuCommand
from .errors import SearchError

_INDEX = "aws-assets-current,aws-assets-changes-*"
_STATES = 5_000  # documents of one answer at most
_CANDIDATES = 200  # assets that ever had the address
_FIELDS = ["@timestamp", "host.ip", "asset", "cloud", "event.action", "event.start", "event.end", "aws.asset"]
_LEFT_OUT = ["aws.asset.security", "aws.asset.volatile", "aws.asset.relationships", "aws.asset.change.diff", "aws.asset.tags"]


@Configuration(type="reporting", distributed=False)
class ElasticsearchAssetCommand(BongsuCommand):
    """See docs/splunk/search-command.md."""

    ip = Option(require=True)
    time = Option()
    vpc = Option()
    account = Option()
    index = Option(default=_INDEX)

    def results(self, report):
        """Yields one row for each asset that held the address or may have, the surest first."""
        address = _address(self.ip)
        _, client = self.connected()
        at = self._at()
        wanted = [{"term": {"host.ip": address}}, *self._filters()]
        ids = self._ids(client, wanted, report)
        rows = holders.rows(address, at, *self._history(client, ids, report)) if ids else []
        if not rows:
            rows = holders.ranges(address, at, self._states(client, [_range(address), *self._filters()], report))
        if not rows:
            report.warn(f"no asset is known to have held {address}")
        yield from rows

    def _at(self):
        if self.time:
            return times.parse(self.time, self.now, self.zone())
        latest = self._metadata.searchinfo.latest_time
        return round((latest if 0 < latest < self.now else self.now) * 1000)

    def _filters(self):
        terms = {"asset.vpc": self.vpc, "cloud.account.id": self.account}
        return [{"term": {name: value}} for name, value in terms.items() if value]

    def _ids(self, client, clauses, report):
        """The assets that ever had the address."""
        groups = {"assets": {"terms": {"field": "asset.id", "size": _CANDIDATES}}}
        body = {"size": 0, "query": {"bool": {"filter": [*clauses, _IS_STATE]}}, "aggs": groups}
        answer = client.search(self.index, body).body
        report.answer(answer)
        found = answer.get("aggregations", {}).get("assets", {})
        if found.get("sum_other_doc_count"):
            report.warn(f"more than {_CANDIDATES} assets had this address: narrow it by vpc= or account=")
        return [bucket["key"] for bucket in found.get("buckets", [])]

    def _history(self, client, ids, report):
        """All states of the assets, also those without the address, and their changes."""
        states = self._states(client, [{"terms": {"asset.id": ids}}], report)
        return states, self._documents(client, [{"terms": {"asset.id": ids}}, _IS_CHANGE], report)

    def _states(self, client, clauses, report):
        return self._documents(client, [*clauses, _IS_STATE], report)

    def _documents(self, client, clauses, report):
        body = {
            "size": _STATES,
            "query": {"bool": {"filter": clauses}},
            "sort": [{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
            "_source": {"includes": _FIELDS, "excludes": _LEFT_OUT},
            "track_total_hits": True,
        }
        answer = client.search(self.index, body).body
        report.answer(answer)
        total = answer["hits"]["total"]["value"]
        if total > _STATES:
            report.warn(f"only the newest {_STATES:,} of {total:,} documents were read: narrow it by vpc= or account=")
        return [hit["_source"] for hit in answer.get("hits", {}).get("hits", [])]


_IS_STATE = {"term": {"event.kind": "state"}}
_IS_CHANGE = {"terms": {"event.action": ["created", "changed", "deleted", "undeleted"]}}


def _range(address):
    return {"term": {"aws.asset.net.prefixes": address}}


def _address(text):
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        raise SearchError(f'ip= must be one IPv4 or IPv6 address, not "{text}"') from None
