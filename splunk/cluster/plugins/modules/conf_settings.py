#!/usr/bin/python
"""Sets settings in a conf file that Splunk writes too, and leaves the rest of it as it is."""

from __future__ import annotations

DOCUMENTATION = """
module: conf_settings
short_description: Set settings of a Splunk conf file
description:
  - Splunk writes etc/system/local/server.conf itself, so a template would take away what it wrote.
  - Sets the given settings, adds stanzas that are missing, and keeps every other line.
version_added: "0.1.0"
author: Bongsu
options:
  path:
    description: The file. It is made where it is missing.
    type: path
    required: true
  settings:
    description: Settings by stanza.
    type: dict
    required: true
extends_documentation_fragment:
  - files
"""

EXAMPLES = """
- name: Name the node
  bongsu.splunk.conf_settings:
    path: /opt/splunk/etc/system/local/server.conf
    settings:
      general:
        serverName: idx1
"""

RETURN = """
changed_settings:
  description: Settings that had another value, as stanza/setting.
  type: list
  returned: always
"""

import os
import re

from ansible.module_utils.basic import AnsibleModule


def merged(text, settings):
    """Returns the new text and the names of the settings that had another value."""
    changed = []
    for stanza, pairs in settings.items():
        for name, value in pairs.items():
            text, is_changed = _with_setting(text, stanza, name, str(value))
            if is_changed:
                changed.append(f"{stanza}/{name}")
    return text, changed


def _with_setting(text, stanza, name, value):
    lines = text.split("\n")
    line = f"{name} = {value}"
    head = next((at for at, each in enumerate(lines) if each.strip() == f"[{stanza}]"), None)
    if head is None:
        before = text if text == "" or text.endswith("\n") else f"{text}\n"
        return f"{before}[{stanza}]\n{line}\n", True
    end = next((at for at in range(head + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    for at in range(head + 1, end):
        if re.match(rf"{re.escape(name)}\s*=", lines[at]):
            if lines[at].split("=", 1)[1].strip() == value:
                return text, False
            lines[at] = line
            return "\n".join(lines), True
    lines.insert(head + 1, line)
    return "\n".join(lines), True


def main():
    module = AnsibleModule(
        argument_spec={"path": {"type": "path", "required": True}, "settings": {"type": "dict", "required": True, "no_log": False}},
        add_file_common_args=True,
        supports_check_mode=True,
    )
    path = module.params["path"]
    before = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            before = file.read()
    after, changed = merged(before, module.params["settings"])
    if changed and not module.check_mode:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        half = os.path.join(module.tmpdir, os.path.basename(path))
        with open(half, "w", encoding="utf-8") as file:
            file.write(after)
        module.atomic_move(half, path)
    is_changed = bool(changed)
    if os.path.exists(path):
        is_changed = module.set_fs_attributes_if_different(module.load_file_common_arguments(module.params), is_changed)
    module.exit_json(changed=is_changed, changed_settings=changed)


if __name__ == "__main__":
    main()
