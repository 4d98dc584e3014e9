"""Errors and warnings that reach the person who searches, with every secret removed."""

import re


class SearchError(Exception):
    """The search can't go on. The text is shown as it is: it says what is wrong and what to do."""


def whole_number(text, low, high):
    """Returns the number that a text of ASCII digits is; None for any other text and outside of `low` to `high`."""
    number = int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None
    return number if number is not None and low <= number <= high else None


# user:password@ in front of a host name, wherever a URL stands in a text
_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_AUTHORIZATION = re.compile(r"(?i)\b((?:basic|apikey|bearer|splunk)\s+)[A-Za-z0-9+/=._:^-]{8,}")
_MAX_CHARACTERS = 2000


class Redactor:
    """Replaces known secrets, credentials in URLs and authorization values by asterisks."""

    def __init__(self):
        self._secrets = []

    def add(self, secret):
        """Registers one secret. Text shorter than 3 characters is ignored: it would hide half of each message."""
        if isinstance(secret, str) and len(secret) >= 3 and secret not in self._secrets:
            self._secrets.append(secret)
            self._secrets.sort(key=len, reverse=True)

    def clean(self, text):
        """Returns the text without secrets, cut to 2,000 characters."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = _AUTHORIZATION.sub(r"\1***", _USERINFO.sub("***@", text))
        return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"
