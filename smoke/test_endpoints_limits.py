"""Line 3: one client that asks too often is told so, and nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from smoke.answer import Answer
from smoke.client import Client
from smoke.evidence import Evidence, require
from smoke.exchanges import CHECK

BURST = 60
AT_ONCE = 12
PART = "rate limit"


@pytest.fixture(scope="module")
def flood(lines_of_nobody: Client) -> tuple[list[Answer], Answer]:
    """Many requests from one address at once; and one from another, right after them."""
    flooding, bystander = lines_of_nobody.afresh(), lines_of_nobody.afresh()
    answers = _many(flooding, "GET /health")
    return answers, bystander.call("GET /health", patient=False)


@pytest.mark.thorough
@pytest.mark.part(PART)
def test_who_asks_too_often_is_told_so(flood: tuple[list[Answer], Answer]) -> None:
    answers, _ = flood
    refused = [answer for answer in answers if answer.status == 429]
    for answer in answers:
        answer.expect(200, 429)
    if not refused:
        raise Evidence("GET /health", expected=f"429 within {BURST} requests at once", got="none")
    refused[0].refused(429, code="RATE_LIMIT_EXCEEDED")


@pytest.mark.thorough
@pytest.mark.part(PART)
def test_others_are_not_kept_out_by_it(flood: tuple[list[Answer], Answer]) -> None:
    answers, bystander = flood
    if all(answer.status == 200 for answer in answers):
        pytest.skip("nobody was kept out")
    bystander.expect(200)


@pytest.mark.thorough
@pytest.mark.part(PART)
def test_the_configuration_is_not_limited(nobody: Client) -> None:
    got = sorted({answer.status for answer in _many(nobody, "GET /config.js")})
    require(got == [200], "GET /config.js", expected=f"200 to {BURST} at once", got=got)


def _many(client: Client, request: str) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=CHECK) as pool:
        return list(pool.map(lambda _: client.call(request, patient=False), range(BURST)))
