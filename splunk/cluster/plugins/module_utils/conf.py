"""Reads Splunk's .conf files and holds them against a list of the settings that the kit uses."""

from __future__ import annotations

import difflib
import os
import re

import yaml

SETTINGS = os.path.join(os.path.dirname(__file__), "settings.yml")

# A stanza, a setting, or a line that is neither.
_STANZA = re.compile(r"^\[(.*)\]\s*$")
_SETTING = re.compile(r"^([^\s=#\[][^=]*?)\s*=\s*(.*)$")

_BOOLEANS = {"true", "false", "0", "1"}
TYPES = {
    "bool": lambda value: value.lower() in _BOOLEANS,
    "int": lambda value: re.fullmatch(r"-?\d+", value) is not None,
    "url": lambda value: re.fullmatch(r"https://[^\s/:]+(:\d{1,5})?(/\S*)?", value) is not None,
    "host_port": lambda value: re.fullmatch(r"[^\s/:]+:\d{1,5}", value) is not None,
    "path": lambda value: re.fullmatch(r"(\$SPLUNK_(HOME|DB)|/|etc/|s3://|volume:)\S*", value) is not None,
    "secret": lambda value: re.fullmatch(r"\$7\$[A-Za-z0-9+/]{20,}={0,2}", value) is not None,
    "factor": lambda value: re.fullmatch(r"(origin|total|site\d+):\d+(,\s*(total|site\d+):\d+)*", value) is not None,
    "text": lambda value: value != "",
}


def parse(text):
    """Yields (line number, stanza, setting, value), setting None for a stanza. A line that is neither has stanza None."""
    stanza, lines = "default", enumerate(text.splitlines(), 1)
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        while line.endswith("\\"):
            line = line[:-1] + next(lines, (0, ""))[1]
        if head := _STANZA.match(line):
            stanza = head[1]
            yield number, stanza, None, None
        elif setting := _SETTING.match(line):
            yield number, stanza, setting[1], setting[2].strip()
        else:
            yield number, None, None, line


def load_settings(path=SETTINGS):
    """{file: {stanza pattern: {setting pattern: type}}}; in a pattern * stands for anything."""
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def _matching(name, patterns):
    for pattern in patterns:
        if re.fullmatch(".+".join(map(re.escape, pattern.split("*"))), name):
            return pattern
    return None


def _suggestion(name, known):
    names = {each.lower(): each for each in known if "*" not in each}
    near = difflib.get_close_matches(name.lower(), names, 1, 0.8)
    return f"; did you mean {names[near[0]]}?" if near else ""


def _value_fault(kind, value):
    if kind not in TYPES:
        return None if value in kind.split("|") else f"expected one of {kind.replace('|', ', ')}"
    # A secret's value is never in a message: `expected` says enough.
    return None if TYPES[kind](value) else f"expected {'an encrypted secret, $7$…' if kind == 'secret' else kind}"


def faults(text, file, settings=None):
    """Sentences `<file>:<line>: [stanza] setting: what is wrong`, none of which holds a value."""
    stanzas = (settings or load_settings()).get(file)
    if stanzas is None:
        return [f"{file}: not a file that the kit knows"]
    found, seen = [], set()
    for line, stanza, setting, value in parse(text):
        fault = _line_fault(stanzas, seen, stanza, setting, value)
        if fault:
            found.append(f"{file}:{line}: {fault}")
    return found


def _line_fault(stanzas, seen, stanza, setting, value):
    if stanza is None:
        return "neither a stanza nor a setting"
    where = f"[{stanza}]" if setting is None else f"[{stanza}] {setting}"
    if (stanza, setting) in seen:
        return f"{where}: stands here twice"
    seen.add((stanza, setting))
    pattern = _matching(stanza, stanzas)
    if pattern is None:
        return f"{where}: unknown stanza{_suggestion(stanza, stanzas)}" if setting is None else None
    if setting is None:
        return None
    known = stanzas[pattern]
    rule = _matching(setting, known)
    if rule is None:
        return f"{where}: unknown setting{_suggestion(setting, known)}"
    fault = _value_fault(known[rule], value)
    return f"{where}: {fault}" if fault else None
