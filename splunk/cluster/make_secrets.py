#!/usr/bin/env python3
"""Makes every secret of a cluster and prints them as one JSON object, for Secrets Manager:

    python3 make_secrets.py | aws secretsmanager put-secret-value --secret-id ARN --secret-string file:///dev/stdin

They are never written to a file. Needs `openssl` for the hash of the administrator's password.
"""

import json
import os
import secrets
import string
import subprocess
import uuid

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ALPHABET = string.ascii_letters + string.digits


def text(characters):
    return "".join(secrets.choice(ALPHABET) for _ in range(characters))


def password_hash(password):
    """SHA-512 crypt, as Splunk keeps it. The password goes through stdin: a command line is visible to all users."""
    made = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def source_names():
    with open(os.path.join(HERE, "sources.yml"), encoding="utf-8") as file:
        return list(yaml.safe_load(file)["splunk_sources"])


def main():
    password = text(32)
    print(
        json.dumps(
            {
                "splunk_secret": text(254),
                "forwarder_splunk_secret": text(254),
                "pass4symmkey": {
                    name: text(48) for name in ("general", "indexer_cluster", "search_head_cluster", "discovery")
                },
                "admin_password": password,
                "admin_password_hash": password_hash(password),
                "hec_tokens": {name: str(uuid.uuid4()) for name in ["all", *source_names()]},
            }
        )
    )


if __name__ == "__main__":
    main()
