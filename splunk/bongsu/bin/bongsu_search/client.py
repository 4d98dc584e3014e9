"""What the commands ask of OpenSearch: searches, points in time, counts and the types of fields."""

from urllib.parse import quote

from .errors import SearchError

_PARTIAL = "allow_partial_search_results=true"
# nothing else of an answer is read
_KEPT = "filter_path=pit_id,timed_out,_shards,hits.total,hits.hits,aggregations,error,status"


def index_path(index: str) -> str:
    """Encodes an index expression for a URL. Raises SearchError for what names an API instead of an index."""
    for part in index.split(","):
        name = part.strip().lstrip("-")
        if not name or (name.startswith("_") and name != "_all") or name in (".", ".."):
            raise SearchError(f'index="{index}" is no index expression: write aws-cloudtrail-* or a list with commas')
    return quote(",".join(part.strip() for part in index.split(",")), safe="*,-_.")


class Client:
    """Raises SearchError with OpenSearch's own reason for each answer that is not 2xx."""

    def __init__(self, transport, keep_alive):
        self._transport = transport
        self._keep_alive = keep_alive

    def search(self, index, body):
        """One search on an index expression. Returns an Answer."""
        return self._ask("POST", f"/{index_path(index)}/_search?{_PARTIAL}&{_KEPT}", body)

    def search_pit(self, pit, body):
        """One search on a point in time, which it keeps open. Returns an Answer."""
        held = {**body, "pit": {"id": pit, "keep_alive": self._keep_alive}}
        return self._ask("POST", f"/_search?{_PARTIAL}&{_KEPT}", held)

    def open_pit(self, index):
        """Returns the id of a point in time and its `_shards`. Needs OpenSearch 2.4."""
        path = f"/{index_path(index)}/_search/point_in_time?keep_alive={self._keep_alive}&allow_partial_pit_creation=true"
        body = self._ask("POST", path).body
        return body["pit_id"], body.get("_shards", {})

    def close_pit(self, pit):
        """Closes a point in time; one that is gone already counts as closed."""
        self._transport.hurry()  # this may be the last deed of a process that is told to end
        self._transport.send("DELETE", "/_search/point_in_time", {"pit_id": [pit]}, retries=1)

    def has_index(self, index):
        """Whether an index expression names at least one index."""
        path = f"/_resolve/index/{index_path(index)}"
        answer = self._transport.send("GET", path)
        if answer.status != 200:
            return True  # an old version or a role without this right: the search itself will tell
        return any(answer.body.get(kind) for kind in ("indices", "aliases", "data_streams"))

    def fields_of_type(self, index, names, kind):
        """Returns those of the fields that have the type in any index. Empty where the role may not ask."""
        path = f"/{index_path(index)}/_field_caps?ignore_unavailable=true&fields={quote(','.join(names), safe=',')}"
        answer = self._transport.send("GET", path)
        if answer.status != 200:
            return set()
        fields = answer.body.get("fields", {})
        return {name for name, types in fields.items() if kind in types}

    def _ask(self, method, path, body=None):
        answer = self._transport.send(method, path, body)
        if 200 <= answer.status < 300:
            return answer
        raise SearchError(_refusal(answer.status, answer.body))


_ADVICE = {
    401: "the user name or the secret of the connection is not accepted",
    403: "the user of the connection may not do this",
    429: "OpenSearch is overloaded, try again later",
}


def _refusal(status, body):
    advice = _ADVICE.get(status)
    reason = reasons(body.get("error")) if isinstance(body, dict) else ""
    return ": ".join(part for part in (f"OpenSearch answered {status}", advice, reason) if part)


def reasons(error):
    """Returns the reason of an `error` member: its root causes, which say more than the outermost one."""
    if isinstance(error, str):
        return error.strip()
    if not isinstance(error, dict):
        return ""
    causes = [error]
    for failed in error.get("failed_shards") or []:
        causes.append(failed.get("reason") or {})
    while isinstance(causes[-1].get("caused_by"), dict):
        causes.append(causes[-1]["caused_by"])
    texts = [cause["reason"] for cause in reversed(causes) if isinstance(cause.get("reason"), str)]
    texts = [text.partition("\nWas expecting")[0] for text in texts]  # a parser's list of 20 kinds of token
    unique = list(dict.fromkeys(text for text in texts if text and text != "all shards failed"))
    return "; ".join(unique[:3])
