"""HTTP against a server on this machine that fails on cue."""

import gzip
import http.server
import json
import threading
from contextlib import contextmanager

import pytest

from bongsu_search import transport
from bongsu_search.client import Client, index_path, reasons
from bongsu_search.connections import checked
from bongsu_search.credentials import MachineRole
from bongsu_search.errors import SearchError


@contextmanager
def server(*turns):
    """Plays the turns in order, the last one for ever. A turn is (status, body, headers) or None: the connection breaks."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append((self.command, self.path, body, dict(self.headers)))
            turn = turns[min(len(seen), len(turns)) - 1]
            if turn is None:
                self.close_connection = True
                return
            status, content, headers = turn
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *args):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}", seen
    finally:
        listening.shutdown()
        listening.server_close()


def opened(url, retries=3, path=""):
    pauses = []
    settings = checked("main", {"url": url + path, "auth": "none", "retries": str(retries), "timeout": "5"})
    return transport.Transport(settings, lambda method, url, headers, body: headers, sleep=pauses.append), pauses


OK = (200, b'{"a":1}', {})


def test_a_body_goes_out_as_json_below_the_path_of_the_url():
    with server(OK) as (url, seen):
        sender, _ = opened(url, path="/proxy/")
        assert sender.send("POST", "/x?y=z", {"ü": "\ud800"}).body == {"a": 1}
    (method, path, body, headers) = seen[0]
    assert (method, path, json.loads(body)) == ("POST", "/proxy/x?y=z", {"ü": "\ud800"})
    assert headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("failure", [None, (429, b"", {}), (502, b"<html>", {}), (503, b"", {}), (504, b"", {})])
def test_what_may_pass_is_tried_again(failure):
    with server(failure, failure, OK) as (url, seen):
        sender, pauses = opened(url)
        assert sender.send("GET", "/").status == 200
    assert len(seen) == 3
    assert 0.25 <= pauses[0] <= 0.5 and 0.5 <= pauses[1] <= 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_what_will_not_pass_is_tried_once(status):
    with server((status, b'{"error":"x"}', {})) as (url, seen):
        assert opened(url)[0].send("GET", "/").status == status
    assert len(seen) == 1


def test_after_the_last_try_the_status_is_given():
    with server((503, b"busy", {})) as (url, seen):
        answer = opened(url, retries=1)[0].send("GET", "/")
    assert (answer.status, answer.body, len(seen)) == (503, {"error": "busy"}, 2)


def test_retry_after_is_kept_up_to_ten_seconds():
    with server((429, b"", {"Retry-After": "7"}), (429, b"", {"Retry-After": "7000"}), OK) as (url, _):
        sender, pauses = opened(url)
        sender.send("GET", "/")
    assert pauses == [7, 10]


def test_nobody_listens():
    with server(OK) as (url, _):
        pass
    with pytest.raises(SearchError, match="can't be reached"):
        opened(url, retries=0)[0].send("GET", "/")


def test_gzip_is_unpacked_and_bounded(monkeypatch):
    packed = gzip.compress(json.dumps({"a": "x" * 100_000}).encode())
    with server((200, packed, {"Content-Encoding": "gzip"})) as (url, _):
        assert len(opened(url)[0].send("GET", "/").body["a"]) == 100_000
        monkeypatch.setattr(transport, "MAX_BYTES", 50_000)
        with pytest.raises(transport.TooLarge):
            opened(url)[0].send("GET", "/")


def test_a_cut_answer_is_asked_for_again():
    packed = gzip.compress(b'{"a":1}')
    cut = (200, packed[:-9], {"Content-Encoding": "gzip"})
    with server(cut, (200, packed, {"Content-Encoding": "gzip"})) as (url, seen):
        assert opened(url)[0].send("GET", "/").body == {"a": 1}
    assert len(seen) == 2


def test_an_answer_that_is_no_json_is_an_error():
    with server((200, b"<html>login</html>", {})) as (url, _):
        with pytest.raises(SearchError, match="no JSON"):
            opened(url)[0].send("GET", "/")


def test_an_integer_of_5000_digits_stays_text():
    with server((200, b'{"n":' + b"7" * 5000 + b"}", {})) as (url, _):
        assert str(opened(url)[0].send("GET", "/").body["n"])[:3] == "777"


@pytest.mark.parametrize(
    "index, path",
    [("aws-*", "aws-*"), ("a, b,-c", "a,b,-c"), ("<aws-{now/d}>", "%3Caws-%7Bnow%2Fd%7D%3E"), ("c1:aws-*", "c1%3Aaws-*"),
     ("_all", "_all"), (".kibana", ".kibana"), ("a?b=c#d", "a%3Fb%3Dc%23d"), ("a/../_search", "a%2F..%2F_search")],
)
def test_an_index_can_not_be_another_path(index, path):
    assert index_path(index) == path


@pytest.mark.parametrize("index", ["", ",", "_cluster", "_search", "a,_nodes", "-_cat", ".", "..", "a,,b", " "])
def test_an_api_is_no_index(index):
    with pytest.raises(SearchError, match="no index expression"):
        index_path(index)


def test_a_refusal_gives_the_root_cause():
    error = {
        "reason": "all shards failed",
        "failed_shards": [{"reason": {"reason": "failed", "caused_by": {"reason": "field [x] is text"}}}],
    }
    assert reasons(error) == "field [x] is text; failed"
    with server((400, json.dumps({"error": error}).encode(), {})) as (url, _):
        with pytest.raises(SearchError, match="answered 400: field .x. is text; failed"):
            Client(opened(url)[0], "1m").search("x", {})


KEYS = json.dumps({"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t", "Expiration": "2026-11-30T13:00:00Z"}).encode()


def test_the_role_of_an_instance_is_renewed_before_it_ends():
    now = [1796040000.0]  # 2026-11-30T12:00:00Z
    with server((200, b"token-1", {}), (200, b"my-role\n", {}), (200, KEYS, {})) as (url, seen):
        role = MachineRole({"AWS_EC2_METADATA_SERVICE_ENDPOINT": url}, clock=lambda: now[0])
        assert role().access_key_id == "ASIA1" and role().session_token == "t"
        assert [(method, path) for method, path, _, _ in seen] == [
            ("PUT", "/latest/api/token"),
            ("GET", "/latest/meta-data/iam/security-credentials/"),
            ("GET", "/latest/meta-data/iam/security-credentials/my-role"),
        ]
        assert {name.lower(): value for name, value in seen[2][3].items()}["x-aws-ec2-metadata-token"] == "token-1"
        now[0] += 3301  # less than five minutes are left
        with pytest.raises(SearchError):  # the server has nothing but keys to tell by now
            role()
        assert len(seen) > 3


def test_a_container_has_a_role_of_its_own():
    with server((200, KEYS, {})) as (url, seen):
        role = MachineRole({"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/keys", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "x"})
        assert role().access_key_id == "ASIA1"
    assert (seen[0][1], seen[0][3]["Authorization"]) == ("/keys", "x")


def test_a_machine_without_a_role():
    with server((404, b"", {})) as (url, _):
        with pytest.raises(SearchError, match="the machine has no role"):
            MachineRole({"AWS_EC2_METADATA_SERVICE_ENDPOINT": url})()
