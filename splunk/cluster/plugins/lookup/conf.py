"""Renders the conf files of a role and checks every setting: one call instead of a task for each file."""

from __future__ import annotations

DOCUMENTATION = """
name: conf
short_description: Render and check the conf files of a role
description:
  - Renders templates/<app>/<file>.j2 of a role for each file, and fails on a setting that Splunk would ignore.
version_added: "0.1.0"
author: Bongsu
options:
  _terms:
    description: The folder with the templates.
    required: true
  files:
    description: Names of the conf files by folder below the home of Splunk, such as etc/apps/<app>/local.
    type: dict
    required: true
"""

EXAMPLES = """
- name: Show what would be written
  ansible.builtin.debug:
    msg: "{{ lookup('bongsu.splunk.conf', role_path ~ '/templates', files={'etc/apps/mine/local': ['server.conf']}) }}"
"""

RETURN = """
_raw:
  description: One dictionary with path and content for each file.
  type: list
  elements: dict
"""

import os

from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase
from ansible_collections.bongsu.splunk.plugins.module_utils.conf import faults


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        rendered, found = [], []
        for folder, names in self.get_option("files").items():
            app = os.path.basename(os.path.dirname(folder))
            for name in names:
                content = self._render(os.path.join(terms[0], app, f"{name}.j2"), variables)
                found += faults(content, name)
                rendered.append({"path": f"{folder}/{name}", "content": content})
        if found:
            raise AnsibleLookupError("; ".join(found))
        return [rendered]

    def _render(self, path, variables):
        template = lookup_loader.get("ansible.builtin.template", loader=self._loader, templar=self._templar)
        return template.run([path], variables)[0]
