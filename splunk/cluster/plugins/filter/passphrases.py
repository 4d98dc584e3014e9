"""Filters of the collection: encrypted, secret_faults."""

from __future__ import annotations

from ansible_collections.bongsu.splunk.plugins.module_utils.passphrases import encrypt, secret_faults


class FilterModule:
    """Ansible asks for the filters by this name."""

    def filters(self):
        return {"encrypted": encrypt, "secret_faults": secret_faults}
