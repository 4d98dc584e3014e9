"""`| elasticsearch`: documents of OpenSearch as events, or aggregations as a table."""

from splunklib.searchcommands import Configuration, Option

from . import aggs, buckets, fields, flat, intervals, request, zones
from .command import BongsuCommand, host_of, limit
from .errors import SearchError
from .pages import pages
from .rows import RowMaker

_MAX_SIZE = 10_000_000
_YES, _NO = ("1", "t", "true", "yes", "y"), ("0", "f", "false", "no", "n", "")


class Searching(BongsuCommand):
    """The options and results of both commands. The SDK can't derive one configured command from another."""

    index = Option(require=True)
    query = Option(default="*")
    dsl = Option()
    size = Option()
    start_time = Option()
    end_time = Option()
    tsfield = Option()
    fields = Option()
    sort = Option()
    agg = Option()
    count = Option(default="")
    interval = Option()
    by = Option()

    def prepare(self):
        super().prepare()
        try:
            if self.is_table():
                self.configuration.type = "reporting"
        except SearchError as error:
            self.error(str(error))
            raise SystemExit(1) from None

    def is_table(self):
        """Whether the rows are no events but a table."""
        return bool(self.agg) or self.is_count() or '"aggs"' in (self.dsl or "") or '"aggregations"' in (self.dsl or "")

    def is_count(self):
        """Whether only numbers over time are asked for."""
        if self.count.lower() in _YES:
            return True
        if self.count.lower() in _NO:
            return False
        raise SearchError("count= must be true or false")

    def results(self, report):
        """Yields events, or rows of a table."""
        settings, client = self.connected()
        zone = self.zone()
        tsfield = self.tsfield or settings.tsfield
        start, end = self.span(self.start_time, self.end_time, zone)
        time_zone = zones.offset_text(self.now, zone)
        span = aggs.Range(tsfield, start, end, time_zone)
        body = self._body(span, settings.timeout)
        for warning in flat.query_warnings(self.query, client, self.index):
            report.warn(warning)
        if self.is_table():
            yield from self._table(client, body, span, report)
        else:
            yield from self._events(client, body, tsfield, settings, report)
        if report.total == 0 and not client.has_index(self.index):
            report.warn(f'no index is called "{self.index}" or may be read')

    def _body(self, span, timeout):
        body = request.dsl(self.dsl) if self.dsl else {}
        clauses = (
            request.time_filter(span.tsfield, span.start, span.end),
            request.query_string(self.query, span.time_zone),
            body.get("query"),
        )
        return {**body, "query": request.filtered(clauses), "timeout": f"{timeout}s"}

    def _events(self, client, body, tsfield, settings, report):
        size = limit(self.size, 10_000, _MAX_SIZE, "size")
        if self.fields:
            body["_source"] = fields.listed(self.fields, "fields")
        if self.sort or "sort" not in body:
            body["sort"] = fields.sorting(self.sort, tsfield)
        for warning in flat.field_warnings(fields.sorted_names(self.sort), "sort", client, self.index):
            raise SearchError(warning)
        body["sort"] = body["sort"] if isinstance(body["sort"], list) else [body["sort"]]
        body["docvalue_fields"] = [{"field": tsfield, "format": "epoch_millis"}]
        maker = RowMaker(settings.name, tsfield, host_of(settings), self.now)
        for page in pages(client, self.index, body, size, report):
            for hit in page.hits:
                yield maker.row(hit, page.has_escapes)
        report.limit(size)

    def _table(self, client, body, span, report):
        specs, names = self._specs(span)
        for warning in flat.field_warnings(names, "stats", client, self.index):
            report.warn(warning)
        specs = specs or body.pop("aggs", None) or body.pop("aggregations", None) or {}
        body = {name: value for name, value in body.items() if name not in ("aggs", "aggregations", "sort", "_source")}
        answer = client.search(self.index, {**body, "aggs": specs, "size": 0, "track_total_hits": True}).body
        report.answer(answer)
        if not specs:
            yield {"count": str(report.total)}
        elif report.total or not self.agg:
            yield from buckets.rows(specs, answer.get("aggregations", {}), report)

    def _specs(self, span):
        """The aggregations of agg=, or of count=, interval= and by=, and the fields in them."""
        if self.agg:
            return aggs.parsed(self.agg, span)
        if not self.is_count() or (self.interval or "").lower() == "all":
            return aggs.parsed(f"terms({self.by})", span) if self.by else ({}, [])
        spec = intervals.histogram(span.tsfield, self.interval, span.start, span.end, span.time_zone)
        if not self.by:
            return {"_time": spec}, []
        inner, names = aggs.parsed(f"terms({self.by})", span)
        return {"_time": {**spec, "aggs": inner}}, names


@Configuration(type="events", distributed=False)
class ElasticsearchCommand(Searching):
    """`| elasticsearch`"""


@Configuration(type="reporting", distributed=False)
class ElasticsearchCountCommand(Searching):
    """`| elasticsearchcount`: how many documents match, over time, without fetching any."""

    def is_count(self):
        return True
