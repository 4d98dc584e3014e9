"""A second opinion on Sigma rules: pySigma parses them, and this evaluates its tree on records as AWS wrote them.

In, on standard input: {"rules": [yaml of a file, …], "lists": {name: [value]}, "events": [{"id", "service", "record"}]}.
Out: {name of a rule: [ids of the events that it holds for]}. Written without a look at the evaluator in TypeScript.
"""

import ipaddress
import json
import re
import sys

from sigma.collection import SigmaCollection
from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import ValueListPlaceholderTransformation
from sigma.rule import SigmaRule
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)


def values(record, path):
    """Texts at a dotted path; every element of a list."""
    found = [record]
    for name in path.split("."):
        below = []
        while found:
            one = found.pop(0)
            if isinstance(one, list):
                found[:0] = one
            elif isinstance(one, dict) and name in one:
                below.append(one[name])
        found = below
    flat = []
    while found:
        one = found.pop(0)
        if isinstance(one, list):
            found[:0] = one
        elif one is not None and one != "":
            flat.append(json.dumps(one) if isinstance(one, (dict, bool)) else str(one))
    return flat


def pattern(text):
    parts = []
    for part in text.s:
        if isinstance(part, str):
            parts.append(re.escape(part))
        elif part == SpecialChars.WILDCARD_MULTI:
            parts.append(".*")
        elif part == SpecialChars.WILDCARD_SINGLE:
            parts.append(".")
        else:
            raise ValueError(f"unknown part {part!r}")
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


COMPARE = {
    CompareOperators.LT: lambda a, b: a < b,
    CompareOperators.LTE: lambda a, b: a <= b,
    CompareOperators.GT: lambda a, b: a > b,
    CompareOperators.GTE: lambda a, b: a >= b,
}


def inside(text, network):
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False


def fits(found, value, record):
    if isinstance(value, SigmaNull):
        return not found
    if isinstance(value, SigmaExists):
        return bool(found) == value.exists
    if isinstance(value, SigmaBool):
        return any(one.lower() == str(value.boolean).lower() for one in found)
    if isinstance(value, SigmaNumber):
        return any(one == str(value.number) for one in found)
    if isinstance(value, SigmaString):
        # an entry of an allow-list may be a block of addresses
        return any(pattern(value).fullmatch(one) or ("/" in str(value) and inside(one, str(value))) for one in found)
    if isinstance(value, SigmaRegularExpression):
        return any(re.search(str(value.regexp), one, re.DOTALL) for one in found)
    if isinstance(value, SigmaCIDRExpression):
        return any(inside(one, value.cidr) for one in found)
    if isinstance(value, SigmaCompareExpression):
        return any(COMPARE[value.op](float(one), float(value.number.number)) for one in found)
    if isinstance(value, SigmaFieldReference):
        others = {other.lower() for other in values(record, value.field)}
        return any(one.lower() in others for one in found)
    raise ValueError(f"unknown value {value!r}")


def holds(node, record, dotted):
    if isinstance(node, ConditionAND):
        return all(holds(one, record, dotted) for one in node.args)
    if isinstance(node, ConditionOR):
        return any(holds(one, record, dotted) for one in node.args)
    if isinstance(node, ConditionNOT):
        return not holds(node.args[0], record, dotted)
    if isinstance(node, ConditionFieldEqualsValueExpression):
        found = values(record, node.field)
        if node.field in dotted:
            found = [one[:-1] if one.endswith(".") else one for one in found]
        return fits(found, node.value, record)
    raise ValueError(f"unknown node {node!r}")


def main():
    given = json.load(sys.stdin)
    events, dotted = given["events"], set(given["dotted"])
    out = {}
    for file in given["rules"]:
        lists = {name: [one.strip() for one in entries] or ["\0"] for name, entries in file["lists"].items()}
        pipeline = ProcessingPipeline(
            items=[ProcessingItem(ValueListPlaceholderTransformation())],
            vars=lists,
        )
        for rule in SigmaCollection.from_yaml(file["yaml"]).rules:
            if not isinstance(rule, SigmaRule):
                continue
            pipeline.apply(rule)
            tree = rule.detection.parsed_condition[0].parsed
            name = rule.name or file["name"]
            service = rule.logsource.service
            out[name] = [
                one["id"] for one in events if one["service"] == service and holds(tree, one["record"], dotted)
            ]
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
