"""What a browser's own log tells of a page."""

from typing import Any

import pytest

from smoke.browser import failures

ORIGIN = "https://bee.example"


def event(method: str, **given: Any) -> dict[str, Any]:
    return {"method": f"Network.{method}", "params": {"requestId": "1", **given}}


def sent(url: str) -> dict[str, Any]:
    return event("requestWillBeSent", request={"url": url})


def answered(url: str, status: int) -> dict[str, Any]:
    return event("responseReceived", response={"url": url, "status": status})


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([answered(f"{ORIGIN}/config.js", 200)], []),
        ([answered(f"{ORIGIN}/app.js?v=1", 404)], ["404 /app.js"]),
        ([answered("https://elsewhere.example/x.js", 500)], []),
        (
            [sent(f"{ORIGIN}/v1/jobs"), event("loadingFailed", errorText="net::ERR_FAILED")],
            ["net::ERR_FAILED /v1/jobs"],
        ),
        ([sent(f"{ORIGIN}/v1/jobs"), event("loadingFailed", canceled=True)], []),
        ([sent("https://elsewhere.example/"), event("loadingFailed", errorText="x")], []),
        ([{"method": "Page.loadEventFired", "params": {}}], []),
    ],
)
def test_requests_of_the_page_that_failed(events: list[dict[str, Any]], found: list[str]) -> None:
    assert failures(events, origin=ORIGIN) == found
