"""What the three commands have in common: options, the connection, messages, and chunks of bounded size."""

import socket
import time
from urllib.parse import urlsplit

from splunklib.searchcommands import GeneratingCommand, Option

from . import connections, ending, times, zones
from .client import Client
from .errors import Redactor, SearchError, whole_number
from .report import Report
from .splunkd import Splunkd
from .transport import TooLarge, Transport

DEFAULT_CONNECTION = "main"
# One chunk of rows is in memory as dictionaries, as CSV and as bytes: these keep all of it below 60 MB.
MAX_ROWS = 2_000
MAX_CELLS = 400_000
MAX_CHARACTERS = 6_000_000
# Options of the SDK for debugging. `record` would write the session key of the user to a file.
_REFUSED = ("record", "show_configuration", "logging_configuration", "logging_level")


class BongsuCommand(GeneratingCommand):
    """Subclasses implement `results(report)`, which yields rows and may raise SearchError at any time."""

    connection = Option(default=DEFAULT_CONNECTION)
    timezone = Option()

    def prepare(self):
        """Refuses what is no option, without repeating its value: it may be a password."""
        ending.on_signals()
        self.redactor = Redactor()
        self.now = time.time()
        if self.fieldnames:
            names = ", ".join(sorted({name[:64] for name in self.fieldnames}))
            known = ", ".join(sorted(name for name in self.options if name not in _REFUSED))
            self.error(f"not an option: {names}. Options: {known}. Quote values with spaces")
            raise SystemExit(1)

    def _protocol_v2_option_parser(self, arg):
        name = arg.split("=", 1)[0].strip()
        if "=" not in arg or name not in self.options or name in _REFUSED:
            return [name]
        return [name, arg.split("=", 1)[1]]

    def generate(self):
        """Yields the rows. An error keeps the rows so far and is told without secrets."""
        report = Report(self.warn)
        try:
            yield from self.results(report)
        except SearchError as error:
            self.error(str(error))
        except TooLarge:
            self.error("the answer is larger than 32 MB: ask for fewer fields or buckets")
        except RecursionError:
            self.error("the answer is nested too deeply to be read")

    def results(self, report):
        """Yields rows."""
        raise NotImplementedError

    def warn(self, text):
        """Shows a warning below the search bar."""
        self.write_warning("{}", self.redactor.clean(text))

    def error(self, text):
        """Shows an error below the search bar."""
        self.write_error("{}", self.redactor.clean(text))

    def connected(self):
        """Returns the settings of the connection, and a client that uses it."""
        splunkd = Splunkd(self._metadata.searchinfo)
        self.redactor.add(self._metadata.searchinfo.session_key)
        settings = connections.find(self.connection, splunkd)
        secret = None if settings.auth == "none" else splunkd.secret(settings.name)
        transport = Transport(settings, connections.authorizer(settings, secret, self.redactor))
        return settings, Client(transport, settings.keep_alive)

    def zone(self):
        """The zone of the option, of the user's preferences, or of the search head."""
        if self.timezone:
            return zones.zone(self.timezone)
        preferred = Splunkd(self._metadata.searchinfo).time_zone()
        try:
            return zones.zone(preferred) if preferred else zones.local()
        except SearchError:
            return zones.local()

    def span(self, start, end, zone):
        """Returns start and end in epoch milliseconds: as written, else as the time picker says; None is no limit."""
        info = self._metadata.searchinfo
        first = times.parse(start, self.now, zone) if start else _picked(info.earliest_time)
        last = times.parse(end, self.now, zone) if end else _picked(info.latest_time)
        if first is not None and last is not None and first >= last:
            raise SearchError("the start of the time range is not before its end")
        return first, last

    def _execute_chunk_v2(self, process, chunk):
        """Sends one chunk, with the columns of all its rows.

        The SDK takes the columns of the first row and what gen_record ever saw, and holds 50,000 rows at once.
        """
        writer = self._record_writer
        limit = min(MAX_ROWS, writer._maxresultrows)
        rows, columns, characters = [], {}, 0
        self._finished = True
        for row in process:
            rows.append(row)
            columns.update(dict.fromkeys(row))
            characters += len(row.get("_raw", ""))
            if len(rows) >= limit or len(rows) * len(columns) >= MAX_CELLS or characters >= MAX_CHARACTERS:
                self._finished = False
                break
        writer.custom_fields = columns
        for row in rows:
            writer.write_record(row)


def _picked(seconds):
    """The time picker's end of a range: 0 and infinity mean no limit."""
    return round(seconds * 1000) if 0 < seconds < 253402300800 else None


def host_of(settings):
    """The host of rows whose document names none."""
    return urlsplit(settings.url).hostname or socket.gethostname()


def limit(text, default, highest, option):
    """Reads a number of rows."""
    if text is None:
        return default
    number = whole_number(text.strip(), 1, highest)
    if number is None:
        raise SearchError(f"{option}= must be a number from 1 to {highest:,}")
    return number
