"""Builds the body of a search from the options of the command."""

import json

from .errors import SearchError

_BODY_MEMBERS = ("query", "aggs", "aggregations", "sort", "_source", "post_filter", "min_score", "runtime_mappings")
_MAX_DSL = 1_000_000  # characters
_MAX_DEPTH = 100  # OpenSearch drops the connection at some 1,000 levels, and with it the reason


def time_filter(tsfield, start, end):
    """A range of epoch milliseconds, the start included, the end not. None: no limit on that side. Both None: no filter."""
    limits = {"gte": start, "lt": end}
    limits = {name: value for name, value in limits.items() if value is not None}
    return {"range": {tsfield: {**limits, "format": "epoch_millis"}}} if limits else None


def query_string(query, time_zone):
    """The clause of a Lucene query string; None for one that matches everything."""
    if query.strip() in ("", "*", "*:*"):
        return None
    return {"query_string": {"query": query, "lenient": True, "time_zone": time_zone}}


def dsl(text):
    """Reads dsl=, a whole body or one query clause, and returns a body.

    Raises SearchError where it is no JSON object or has members that the command sets itself.
    """
    if len(text) > _MAX_DSL:
        raise SearchError(f"dsl= is longer than {_MAX_DSL:,} characters")
    try:
        value = json.loads(text)
    except ValueError as error:
        raise SearchError(f"dsl= is no JSON: {error}") from None
    except RecursionError:
        raise _too_deep() from None
    if _depth(value) > _MAX_DEPTH:
        raise _too_deep()
    if not isinstance(value, dict) or not value:
        raise SearchError("dsl= must be a JSON object, a query clause or a body with query")
    if not any(member in value for member in ("query", "aggs", "aggregations")):
        return {"query": value}
    unknown = sorted(set(value) - set(_BODY_MEMBERS))
    if unknown:
        raise SearchError(
            f"dsl= can't have {', '.join(unknown)}: the members of a body are {', '.join(_BODY_MEMBERS)}, "
            "the rest is set by options of the command"
        )
    return value


def _too_deep():
    return SearchError(f"dsl= is nested too deeply: more than {_MAX_DEPTH} levels")


def _depth(value):
    level, depth = [value], 0
    while level:
        depth += 1
        level = [each for inner in level for each in _members(inner)]
    return depth


def _members(value):
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def filtered(clauses):
    """Returns the query that all the clauses must match; None among them is left out."""
    kept = [clause for clause in clauses if clause is not None]
    if not kept:
        return {"match_all": {}}
    return {"bool": {"filter": kept}}
