"""Reads the app's own configuration and secrets from splunkd, in the app's name whatever app the search runs in."""

import json
from urllib.parse import urlsplit

from .errors import SearchError

APP = "bongsu"
CONF = "bongsu_connections"
REALM = "bongsu_connections"


class Splunkd:
    """`info` is the `searchinfo` that a command gets: splunkd_uri and session_key.

    Names of connections are checked before they come here (connections.py); the SDK encodes paths.
    """

    def __init__(self, info):
        self._info = info
        self._service = None

    def settings(self, name):
        """Returns the stanza of a connection as a dictionary; None where there is none or the user may not read it."""
        return self._content(f"configs/conf-{CONF}/{name}")

    def names(self):
        """Returns the names of the connections that the user may read."""
        entries = self._entries(f"configs/conf-{CONF}", count=0) or []
        return sorted(entry["name"] for entry in entries if entry["name"] != "default")

    def secret(self, name):
        """Returns the stored secret of a connection; None where there is none or the user may not read secrets."""
        content = self._content(f"storage/passwords/{REALM}:{name}:")
        return content.get("clear_password") if content else None

    def time_zone(self):
        """Returns the time zone of the user's preferences; None where the user has none."""
        content = self._content("authentication/current-context")
        return (content or {}).get("tz") or None

    def _content(self, path):
        entries = self._entries(path)
        return entries[0]["content"] if entries else None

    def _entries(self, path, **query):
        """None: the entry does not exist, or the user may not see it. Raises SearchError where splunkd fails."""
        from splunklib.binding import AuthenticationError, HTTPError

        try:
            answer = self._connected().get(path, output_mode="json", **query)
            return json.loads(answer.body.read())["entry"]
        except HTTPError as error:
            if error.status in (403, 404):
                return None
            if error.status == 401:
                raise SearchError("splunkd does not accept the session of this search") from None
            raise SearchError(f"splunkd answered {error.status} when asked for {path.split('/')[0]}") from None
        except AuthenticationError:
            raise SearchError("splunkd does not accept the session of this search") from None
        except (OSError, ValueError, KeyError) as error:
            raise SearchError(f"splunkd can't be asked for {path.split('/')[0]}: {type(error).__name__}") from None

    def _connected(self):
        if self._service is None:
            from splunklib import client

            uri = urlsplit(self._info.splunkd_uri)
            self._service = client.connect(
                scheme=uri.scheme,
                host=uri.hostname,
                port=uri.port,
                token=self._info.session_key,
                owner="nobody",
                app=APP,
                autologin=False,
            )
        return self._service
