"""Cleans up however the process ends: a search that is stopped gets SIGTERM, one whose pipe is closed ends by itself."""

import atexit
import contextlib
import os
import signal

_pending = []


@contextlib.contextmanager
def cleanup(close):
    """Calls `close` once: at the end of the block, at the end of the process, or when a signal ends it."""
    _pending.append(close)
    try:
        yield
    finally:
        _run(close)


def on_signals():
    """Runs what is pending when Splunk stops the search, and ends without touching the pipes, which may be full."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, _stop)


def _stop(number, _frame):
    for close in list(_pending):
        _run(close)
    os._exit(128 + number)


def _run(close):
    if close in _pending:
        _pending.remove(close)
        close()


@atexit.register
def _at_exit():
    for close in list(_pending):
        _run(close)
