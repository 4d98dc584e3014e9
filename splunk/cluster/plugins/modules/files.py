#!/usr/bin/python
"""Writes several files below one folder in one go: over Session Manager each call to a node takes seconds."""

from __future__ import annotations

DOCUMENTATION = """
module: files
short_description: Write files below a folder
description:
  - Writes each file whose content differs, and makes the folders that it needs with mode 0750.
version_added: "0.1.0"
author: Bongsu
options:
  path:
    description: The folder.
    type: path
    required: true
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: The name below the folder.
        type: str
        required: true
      content:
        description: The text.
        type: str
        required: true
      mode:
        description: The mode.
        type: str
        default: "0600"
      unless:
        description: Leave the file alone where this one exists, a name below the folder.
        type: str
  owner:
    description: The owner of files and folders.
    type: str
    required: true
  group:
    description: Their group.
    type: str
    required: true
"""

EXAMPLES = """
- name: Write the settings
  bongsu.splunk.files:
    path: /opt/splunk
    files:
      - path: etc/apps/mine/local/web.conf
        content: |
          [settings]
          startwebserver = 0
    owner: splunk
    group: splunk
"""

RETURN = """
written:
  description: Names of the files that differed.
  type: list
  returned: always
"""

import os

from ansible.module_utils.basic import AnsibleModule

FILE = {
    "path": {"type": "str", "required": True},
    "content": {"type": "str", "required": True},
    "mode": {"type": "str", "default": "0600"},
    "unless": {"type": "str"},
}


def read(path):
    """The text, or None where there is no file."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def attributes(module, path, mode):
    """Owner, group and mode of a path, as the module's own functions want them."""
    owner, group = module.params["owner"], module.params["group"]
    return module.load_file_common_arguments({"path": path, "owner": owner, "group": group, "mode": mode}, path)


def make_folders(module, folder):
    """Makes the folders between the root and a file. Returns whether one differed."""
    root, is_changed = module.params["path"], False
    parts = os.path.relpath(folder, root).split(os.sep)
    for depth in range(len(parts)):
        at = os.path.join(root, *parts[: depth + 1])
        if not os.path.isdir(at):
            is_changed = True
            if not module.check_mode:
                os.makedirs(at)
                module.set_fs_attributes_if_different(attributes(module, at, "0750"), True)
    return is_changed


def write(module, file):
    """Returns (whether something differed, the old text)."""
    path = os.path.join(module.params["path"], file["path"])
    before = read(path)
    is_changed = make_folders(module, os.path.dirname(path))
    if before != file["content"]:
        is_changed = True
        if not module.check_mode:
            half = os.path.join(module.tmpdir, "half")
            with open(half, "w", encoding="utf-8") as out:
                out.write(file["content"])
            module.atomic_move(half, path)
    if os.path.exists(path):
        is_changed = module.set_fs_attributes_if_different(attributes(module, path, file["mode"]), is_changed)
    return is_changed, before


def main():
    module = AnsibleModule(
        argument_spec={
            "path": {"type": "path", "required": True},
            "files": {"type": "list", "elements": "dict", "required": True, "options": FILE},
            "owner": {"type": "str", "required": True},
            "group": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    written, diff = [], []
    for file in module.params["files"]:
        if file["unless"] and os.path.exists(os.path.join(module.params["path"], file["unless"])):
            continue
        is_changed, before = write(module, file)
        if is_changed:
            written.append(file["path"])
            name = {"before_header": file["path"], "after_header": file["path"]}
            diff.append({"before": before or "", "after": file["content"], **name})
    module.exit_json(changed=bool(written), written=written, diff=diff)


if __name__ == "__main__":
    main()
