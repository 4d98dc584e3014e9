"""Aggregations of an answer → rows: one for each innermost bucket, with the keys of all buckets around it."""

import json

_TIME = ("date_histogram", "auto_date_histogram")
_NESTED = ("aggs", "aggregations")


def rows(specs, results, report, around=None):
    """Yields rows as dictionaries. `specs` are the `aggs` of the request, `results` the `aggregations` of the answer."""
    columns, divided = dict(around or {}), []
    for title, spec in specs.items():
        kind = next((name for name in spec if name not in (*_NESTED, "meta")), "")
        result = results.get(title) or {}
        if "buckets" in result:
            divided.append((title, kind, spec, result))
        elif "doc_count" in result:
            divided.append((title, kind, spec, {"buckets": [{**result, "key": title}]}))
        else:
            columns.update(_metrics(title, kind, result))
    if not divided:
        yield columns
    for title, kind, spec, result in divided:
        yield from _bucket_rows(title, kind, spec, result, columns, report)


def _bucket_rows(title, kind, spec, result, columns, report):
    _warn(title, result, report)
    inner = next((spec[name] for name in _NESTED if name in spec), {})
    buckets = result["buckets"]
    if isinstance(buckets, dict):  # named buckets of `filters` and of keyed ranges
        buckets = [{**bucket, "key": name} for name, bucket in buckets.items()]
    for bucket in buckets:
        key = _key(title, kind, bucket)
        yield from rows(inner, bucket, report, {**columns, **key, "count": bucket.get("doc_count", 0)})


def _warn(title, result, report):
    others = result.get("sum_other_doc_count") or 0
    if others:
        report.warn(f"{others:,} documents have values of {title} that are not shown: raise the size of terms")
    error = result.get("doc_count_error_upper_bound") or 0
    if error > 0:
        report.warn(f"the counts of {title} may be too low by {error:,}: raise the size of terms")
    if result.get("after_key"):
        report.warn(f"{title} may have more buckets than are shown")


def _key(title, kind, bucket):
    key = bucket.get("key")
    if kind in _TIME:
        return {"_time": f"{key / 1000:.3f}".rstrip("0").rstrip(".")}
    if isinstance(key, dict):  # composite
        return {name: _text(value) for name, value in key.items()}
    return {title: _text(bucket.get("key_as_string", key))}


def _metrics(title, kind, result):
    field = title[title.find("(") + 1 : -1] if title.endswith(")") else title
    if set(result) == {"value"} or set(result) == {"value", "value_as_string"}:
        return {title: _number(result["value"])}
    if kind == "percentiles":
        return {f"p{_number(float(percent))}({field})": _number(value) for percent, value in result["values"].items()}
    if kind == "stats":
        return {f"{name}({field})": _number(result.get(name)) for name in ("count", "min", "max", "avg", "sum")}
    return {f"{title}.{name}": _text(value) for name, value in result.items()}


def _number(value):
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else repr(value)


def _text(value):
    if isinstance(value, str):
        return value
    return _number(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
