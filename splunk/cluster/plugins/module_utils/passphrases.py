"""Encrypts a secret as Splunk does with a node's splunk.secret, so that the plain text never lies on a node's disk."""

from __future__ import annotations

import base64
import hashlib
import hmac

NONCE_BYTES = 16
# Splunk refuses keys that are shorter.
MIN_KEY_CHARACTERS = 12
SPLUNK_SECRET_CHARACTERS = 254

PASSPHRASES = ("general", "indexer_cluster", "search_head_cluster", "discovery")


def encrypt(plain, splunk_secret, purpose):
    """`$7$` and base64 of nonce, AES-256-GCM ciphertext and tag.

    Splunk draws the nonce at random. Here it follows from secret, purpose and text: the same input gives the same file, so a
    second run changes nothing, and different inputs never share a nonce.
    """
    # Imported here: ansible-lint and --syntax-check load the plugin on machines without it.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret = splunk_secret.encode()
    key = hashlib.pbkdf2_hmac("sha256", secret, b"disk-encryption", 1, 32)
    nonce = hmac.new(secret, f"{purpose}\0{plain}".encode(), hashlib.sha256).digest()[:NONCE_BYTES]
    return "$7$" + base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), None)).decode()


def secret_faults(secrets):
    """Sentences that name what is missing or too short, without a value."""
    keys = secrets.get("pass4symmkey", {})
    found = [
        f"secret pass4symmkey.{name} needs at least {MIN_KEY_CHARACTERS} characters"
        for name in PASSPHRASES
        if len(keys.get(name, "")) < MIN_KEY_CHARACTERS
    ]
    if len({keys.get(name) for name in PASSPHRASES}) < len(PASSPHRASES):
        found.append("two of the secrets pass4symmkey are the same")
    found += [
        f"secret {name} needs {SPLUNK_SECRET_CHARACTERS} characters"
        for name in ("splunk_secret", "forwarder_splunk_secret")
        if len(secrets.get(name, "")) != SPLUNK_SECRET_CHARACTERS
    ]
    if not secrets.get("admin_password_hash", "").startswith("$6$"):
        found.append("secret admin_password_hash is not a hash that starts with $6$")
    if not secrets.get("admin_password"):
        found.append("secret admin_password is missing")
    return found
