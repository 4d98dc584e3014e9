"""Connections are checked before they are used, and no message holds a secret."""

import base64
import json

import pytest

from bongsu_search import connections
from bongsu_search.errors import Redactor, SearchError
from bongsu_search.sigv4 import Credentials

GOOD = {"url": "https://opensearch.example.com:9200/", "username": "reader"}


def test_defaults():
    settings = connections.checked("main", GOOD)
    assert (settings.url, settings.auth, settings.timeout, settings.retries, settings.keep_alive, settings.tsfield) == (
        "https://opensearch.example.com:9200", "basic", 60, 3, "2m", "@timestamp")


@pytest.mark.parametrize(
    "change, says",
    [
        ({"url": ""}, "url must be like"),
        ({"url": "opensearch:9200"}, "url must be like"),
        ({"url": "file:///etc/passwd"}, "url must be like"),
        ({"url": "http://opensearch.example.com"}, "url must begin with https"),
        ({"url": "https://reader:hunter2@opensearch.example.com"}, "url must not hold a user or a password"),
        ({"url": "https://opensearch.example.com/?a=b"}, "url must end with"),
        ({"auth": "digest"}, "auth must be one of"),
        ({"username": ""}, "username is required"),
        ({"auth": "sigv4"}, "region is required"),
        ({"auth": "sigv4", "region": "eu-west-1", "service": "s3"}, "service must be es"),
        ({"timeout": "0"}, "timeout must be a number from 1"),
        ({"timeout": "1e3"}, "timeout must be a number from 1"),
        ({"retries": "99"}, "retries must be a number from 0"),
        ({"keep_alive": "forever"}, "keep_alive"),
        ({"keep_alive": "1m&x=y"}, "keep_alive"),
    ],
)
def test_a_wrong_setting_is_named(change, says):
    with pytest.raises(SearchError) as refused:
        connections.checked("main", {**GOOD, **change})
    assert f"[main]: {says}" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_http_is_for_this_machine_only():
    for host in ("127.0.0.1:9200", "localhost", "[::1]:9200"):
        assert connections.checked("main", {**GOOD, "url": f"http://{host}"})


def test_a_relative_ca_file_is_below_splunk_home(monkeypatch):
    monkeypatch.setenv("SPLUNK_HOME", "/opt/splunk")
    assert connections.checked("main", {**GOOD, "ca_file": "etc/auth/ca.pem"}).ca_file == "/opt/splunk/etc/auth/ca.pem"
    assert connections.checked("main", {**GOOD, "ca_file": "/x/ca.pem"}).ca_file == "/x/ca.pem"


class Nobody:
    def settings(self, name):
        return None

    def names(self):
        return ["main", "test"]


def test_an_unknown_connection_lists_those_that_there_are():
    with pytest.raises(SearchError, match="Connections: main, test"):
        connections.find("prod", Nobody())


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a b", "a:b", "x" * 65, "a%2fb", "a\n"])
def test_a_name_can_not_be_a_path(name):
    with pytest.raises(SearchError, match="takes a name"):
        connections.find(name, Nobody())


def header(stanza, secret, **more):
    settings = connections.checked("main", {**GOOD, **stanza})
    redactor = Redactor()
    authorize = connections.authorizer(settings, secret, redactor, **more)
    return authorize("GET", settings.url + "/", {"Accept": "x"}, b"")["Authorization"], redactor


def test_basic():
    value, redactor = header({}, "pass:wörd")
    assert base64.b64decode(value.split()[1]).decode() == "reader:pass:wörd"
    assert redactor.clean(f"sent {value} with pass:wörd") == "sent Basic *** with ***"


def test_api_key():
    assert header({"auth": "apikey"}, "id:key")[0] == "ApiKey " + base64.b64encode(b"id:key").decode()
    assert header({"auth": "apikey"}, "aWQ6a2V5")[0] == "ApiKey aWQ6a2V5"


SIGV4 = {"auth": "sigv4", "region": "eu-west-1"}


def test_sigv4_with_a_stored_key():
    secret = json.dumps({"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret-key-1"})
    value, redactor = header(SIGV4, secret)
    assert value.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert redactor.clean("secret-key-1") == "***"


def test_sigv4_with_the_role_of_the_machine():
    value, redactor = header(SIGV4, None, role=lambda: Credentials("ASIAROLE", "role-secret", "role-token"))
    assert "Credential=ASIAROLE/" in value
    assert redactor.clean("role-secret role-token") == "*** ***"


@pytest.mark.parametrize("secret", ["not json", "[]", "{}", '{"access_key_id": "a"}', "3"])
def test_a_stored_key_in_another_form_is_refused_without_showing_it(secret):
    with pytest.raises(SearchError) as refused:
        header(SIGV4, secret)
    assert str(refused.value).startswith("the stored secret of a sigv4 connection must be JSON")


@pytest.mark.parametrize("auth", ["basic", "apikey"])
def test_a_missing_secret_says_what_to_do(auth):
    with pytest.raises(SearchError, match="list_storage_passwords"):
        header({"auth": auth}, None)


@pytest.mark.parametrize(
    "text, clean",
    [
        ("https://reader:hunter2@host/x failed", "https://***@host/x failed"),
        ("Authorization: Basic cmVhZGVyOmh1bnRlcjI=", "Authorization: Basic ***"),
        ("apikey aWQ6a2V5aWQ6a2V5", "apikey ***"),
        ("basic idea", "basic idea"),
        ("x" * 3000, "x" * 1999 + "…"),
    ],
)
def test_what_looks_like_a_credential_is_removed(text, clean):
    assert Redactor().clean(text) == clean
