"""Fly's Prometheus, as a server on this machine answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from staging.clouds.metrics import Metrics
from staging.errors import ServiceFailed
from staging.secret import Secret


class Prometheus(BaseHTTPRequestHandler):
    status: ClassVar[int]
    body: ClassVar[str]
    asked: ClassVar[list[tuple[str, str]]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def answering(body: object, *, status: int = 200) -> Iterator[tuple[str, type[Prometheus]]]:
    text = body if isinstance(body, str) else json.dumps(body)
    handler = type("One", (Prometheus,), {"status": status, "body": text, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", handler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def vector(*samples: tuple[str, str]) -> dict[str, object]:
    result = [{"metric": {"instance": i}, "value": [1.0, value]} for i, value in samples]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


@pytest.mark.parametrize(
    ("token", "header"),
    [("FlyV1 fm2_abc", "FlyV1 fm2_abc"), ("fo1_abc", "Bearer fo1_abc")],
)
def test_an_app_s_metric_is_asked_for_in_its_organisation(token: str, header: str) -> None:
    with answering(vector(("m1", "70"), ("m2", "5"), ("m2", "1"))) as (url, server):
        metrics = Metrics(base=url, token=Secret(token))
        assert metrics.values("bees", "bee-staging", "pool") == {"m1": 70.0, "m2": 6.0}
    ((path, authorization),) = server.asked
    assert urlsplit(path).path == "/prometheus/bees/api/v1/query"
    assert parse_qs(urlsplit(path).query) == {"query": ['pool{app="bee-staging"}']}
    assert authorization == header


@pytest.mark.parametrize(
    "body", ["rubbish", {}, {"data": {"result": [{}]}}, [], vector(("m", "x"))]
)
def test_an_answer_of_another_form_is_told(body: object) -> None:
    with answering(body) as (url, _), pytest.raises(ServiceFailed, match="unknown form"):
        Metrics(base=url, token=Secret("fo1_abc")).values("bees", "bee", "pool")


def test_a_token_that_may_not_ask_is_told_with_what_would() -> None:
    with answering("no", status=403) as (url, _), pytest.raises(ServiceFailed) as caught:
        Metrics(base=url, token=Secret("fo1_abc")).values("bees", "bee", "pool")
    assert "status 403" in str(caught.value)
    assert "fo1_abc" not in str(caught.value)
    assert "A token of the organisation may" in str(caught.value)
