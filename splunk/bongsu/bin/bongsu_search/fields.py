"""The options fields= and sort=."""

import re

from .errors import SearchError

_MAX_NAMES = 500
_SORT = re.compile(r"^([+-]?)(.+?)(?::(asc|desc))?$", re.IGNORECASE)


def listed(text, option):
    """Returns the names of a list with commas, without blanks and repeats."""
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names or len(names) > _MAX_NAMES:
        raise SearchError(f"{option}= takes 1 to {_MAX_NAMES} field names with commas between them")
    return names


def sorting(text, tsfield):
    """Returns the `sort` of a search: what is asked for, newest first among equals.

    In: `field`, `field:desc`, `-field`, several with commas; None: newest first.
    """
    order = [] if text is None else [_one(part) for part in listed(text, "sort")]
    if tsfield not in (name for name, _ in order):
        order.append((tsfield, "desc"))
    return [_clause(name, direction, tsfield) for name, direction in order]


def sorted_names(text):
    """Returns the field names of the option."""
    return [] if text is None else [_one(part)[0] for part in listed(text, "sort")]


def _one(part):
    match = _SORT.match(part)
    sign, name, direction = match.groups()
    if name.startswith("_"):
        raise SearchError(f"sort={name} is not supported: sort by a field of the documents")
    return name, (direction or ("desc" if sign == "-" else "asc")).lower()


def _clause(name, direction, tsfield):
    # an index without the field sorts last instead of failing
    return {name: {"order": direction, "unmapped_type": "date" if name == tsfield else "keyword"}}
