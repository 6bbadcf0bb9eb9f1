"""What is asked a second time, and what is not."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from rehearsal import ports
from smoke.again import PAUSE, Again, not_yet
from smoke.answer import Answer
from smoke.client import Client
from smoke.evidence import Evidence
from smoke.ledger import Ledger


def answer(status: int, body: object) -> Answer:
    return Answer(where="GET /", status=status, headers={}, text="", body=body, seconds=0)


@pytest.mark.parametrize(
    ("status", "body", "method", "again"),
    [
        (502, None, "GET", True),
        (503, None, "HEAD", True),
        (503, {"status": 503}, "GET", False),  # the application itself says so
        (502, None, "POST", False),  # it may have been done
        (500, None, "GET", False),
        (504, None, "GET", False),
    ],
)
def test_only_the_proxys_word_is_no_answer(
    status: int, body: object, method: str, *, again: bool
) -> None:
    assert bool(not_yet(answer(status, body), method)) is again


def test_the_run_has_so_much_time_for_it_and_no_more() -> None:
    again = Again(seconds=2 * PAUSE)
    assert [again.may("GET /", "refused") for _ in range(3)] == [True, True, False]
    assert again.mine() == ["GET /: refused"]
    assert (again.mine(), again.others()) == ([], [])


def test_what_another_thread_asked_again_is_told_at_the_end() -> None:
    again = Again(seconds=1)
    journey = threading.Thread(target=lambda: again.may("POST /v1/jobs", "refused"))
    journey.start()
    journey.join(5)
    assert again.mine() == []
    assert again.others() == ["POST /v1/jobs: refused"]


def test_a_connection_that_is_refused_is_tried_until_the_time_is_up() -> None:
    again = Again(seconds=3 * PAUSE)
    client = Client(url=f"http://127.0.0.1:{ports.free()}", ledger=Ledger(), again=again)
    with pytest.raises(Evidence, match="expected an answer"):
        client.call("GET /health")
    assert again.seconds < PAUSE


class Waking(BaseHTTPRequestHandler):
    """502 in HTML twice, then an answer."""

    seen = 0

    def do_GET(self) -> None:
        type(self).seen += 1
        self.send_response(502 if type(self).seen < 3 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_a_machine_that_wakes_answers_at_last_and_that_is_told() -> None:
    server = HTTPServer(("127.0.0.1", 0), Waking)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    again = Again()
    try:
        client = Client(url=f"http://127.0.0.1:{server.server_port}", ledger=Ledger(), again=again)
        assert client.call("GET /dashboard").status == 200
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
    assert again.mine() == ["GET /dashboard: 502 from the proxy"]
