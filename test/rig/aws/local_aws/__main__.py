"""Starts the local AWS on a free port of 127.0.0.1, writes its URL to file descriptor 3, and ends when stdin does."""

import os
import sys
import threading

from flask import Flask
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from . import buckets, functions, ids, lacking, place, queues, resources, rules, snapshots, stacks, streams, times  # noqa: F401, each patches moto


class Handler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code) >= "400":
            place.say(f"[request] {self.command} {self.path} {code}")


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    functions.stop_all()
    os._exit(0)


def _backend(service: str) -> Flask:
    application = create_backend_app(service)  # type: ignore[arg-type]
    application.config["PROPAGATE_EXCEPTIONS"] = True  # to what refuses them, or to the server, which answers 500
    return application


def main() -> None:
    application = lacking.refusing(DomainDispatcherApplication(_backend))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    place.url = f"http://127.0.0.1:{server.port}"
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.write(3, place.url.encode())
    os.close(3)
    server.serve_forever()


main()
