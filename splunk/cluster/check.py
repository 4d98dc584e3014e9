#!/usr/bin/env python3
"""Holds every .conf file below a folder against the settings that the kit knows: python3 check.py FOLDER…

Splunk ignores a setting that it does not know, so a typo is silent there. Exit code 1 where a fault is found.
"""

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "plugins", "module_utils"))

from conf import faults  # noqa: E402

# Splunk reads and deletes it; it holds a hash.
SKIPPED = {"user-seed.conf"}


def conf_files(folder):
    for parent, _, names in sorted(os.walk(folder)):
        yield from (os.path.join(parent, name) for name in sorted(names) if name.endswith(".conf") and name not in SKIPPED)


def main(folders):
    paths = [path for folder in folders for path in conf_files(folder)]
    found = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for fault in faults(file.read(), os.path.basename(path)):
                print(os.path.join(os.path.dirname(path), fault))
                found += 1
    print(f"{len(paths)} files, {found} faults")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
