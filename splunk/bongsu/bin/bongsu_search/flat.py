"""Warns where OpenSearch finds nothing, without an error: wildcards, ranges and aggregations on flat_object fields.

A query string matches single values and beginnings below a flat_object field, nothing else. The `wildcard` and `regexp`
queries of the query language match there. https://docs.opensearch.org/latest/field-types/supported-field-types/flat-object/
"""

import json

from . import lucene

_MAX_NAMES = 200  # in the address of one request
_MAX_WARNINGS = 5  # of one query
_FAILS = (lucene.WILDCARD, lucene.REGEX, lucene.RANGE, lucene.EXISTS)


def prefixes(path):
    """Returns `a`, `a.b`, `a.b.c` of `a.b.c`."""
    parts = path.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def flat_fields(client, index, paths):
    """Returns those of the paths that are flat_object fields or lie below one."""
    asked = sorted({prefix for path in paths for prefix in prefixes(path) if "*" not in prefix and prefix.strip()})
    if not asked:
        return set()
    flat = client.fields_of_type(index, asked[:_MAX_NAMES], "flat_object")
    return {path for path in paths if any(prefix in flat for prefix in prefixes(path))}


def query_warnings(query, client, index):
    """Yields one warning for each clause of a query string that can't match, with the query that does."""
    suspects = [clause for clause in lucene.clauses(query) if clause.kind in _FAILS]
    flat = flat_fields(client, index, {clause.field for clause in suspects})
    for clause in [each for each in suspects if each.field in flat][:_MAX_WARNINGS]:
        yield _warning(query, clause)


def field_warnings(names, use, client, index):
    """Yields a warning for each flat_object field in an aggregation or a sort. `use` is Splunk's command for it."""
    for name in sorted(flat_fields(client, index, set(names))):
        yield (
            f"{name} is part of a flat_object field, which OpenSearch can't {use} by. "
            f"Fetch the events and use {use} of Splunk."
        )


def _warning(query, clause):
    written = query[clause.start : clause.end]
    if clause.kind == lucene.RANGE:
        return (
            f"{written} finds nothing: {clause.field} is part of a flat_object field, whose values are text without "
            "order. Fetch the events and use where of Splunk."
        )
    works = _working(clause)
    rest = _rest(query, clause)
    whole = works if rest == "" else {"bool": {"filter": [{"query_string": {"query": rest}}, works]}}
    if rest is None:
        return (
            f"{written} finds nothing in a query string: {clause.field} is part of a flat_object field. "
            f"Use dsl= with this clause: {_json(works)}"
        )
    return (
        f"{written} finds nothing in a query string: {clause.field} is part of a flat_object field. "
        f"This works in place of query=: dsl={_spl(_json(whole))}"
    )


def _working(clause):
    if clause.kind == lucene.REGEX:
        return {"regexp": {clause.field: {"value": f"({clause.value.strip('/')})"}}}
    return {"wildcard": {clause.field: {"value": clause.value}}}


def _rest(query, clause):
    """The other clauses of a conjunction. None: the query has OR, NOT or groups, so none can be taken out."""
    if not lucene.is_conjunction(query):
        return None
    before, after = query[: clause.start].strip(), query[clause.end :].strip()
    for operator in ("AND", "&&"):
        if before.endswith(operator):
            before = before[: -len(operator)].strip()
            break
        if after.startswith(operator) and not before:
            after = after[len(operator) :].strip()
            break
    return f"{before} {after}".strip()


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _spl(text):
    """A quoted string of Splunk's search language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
