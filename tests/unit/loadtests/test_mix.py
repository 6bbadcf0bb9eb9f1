from collections import Counter
from itertools import islice

import pytest

from loadtests.mix import CREATION, ERRANDS, Need, choose, sequence, wrong

BY_NAME = {errand.name: errand for errand in ERRANDS}


def test_a_hundred_requests_have_just_the_weights() -> None:
    counted = Counter(errand.name for errand in islice(sequence(ERRANDS), 100))
    assert counted == {errand.name: errand.weight for errand in ERRANDS}


def test_the_mix_is_spread_and_mostly_reads() -> None:
    first = [errand.name for errand in islice(sequence(ERRANDS), 20)]
    assert len(set(first)) >= 6
    assert sum(e.weight for e in ERRANDS if e.method != "GET") <= 0.05 * 100


def test_the_mix_is_the_same_in_every_run() -> None:
    one, two = (list(islice(sequence(ERRANDS), 50)) for _ in range(2))
    assert one == two


def test_without_a_token_only_public_reads_are_left() -> None:
    lacking = dict.fromkeys((Need.TOKEN, Need.JOB, Need.DOMAIN), "there is no token")
    kept, omitted = choose(lacking)
    assert [errand.name for errand in kept] == ["GET /health", "GET /v1/plans"]
    assert {o.name for o in omitted} == set(BY_NAME) - {"GET /health", "GET /v1/plans"}
    assert {o.reason for o in omitted} == {"there is no token"}


def test_without_a_domain_no_job_is_created() -> None:
    kept, omitted = choose({Need.DOMAIN: "no domain"})
    assert CREATION not in kept
    assert [o.name for o in omitted] == ["POST /v1/jobs"]


@pytest.mark.parametrize(
    ("name", "status", "answer", "problem"),
    [
        ("GET /health", 200, {"status": "healthy"}, ""),
        ("GET /health", 503, {"status": "unhealthy"}, "status 503"),
        ("GET /health", 302, None, "status 302"),
        ("GET /health", 200, {"status": "unhealthy"}, "another body than the endpoint gives"),
        ("GET /health", 200, None, "another body than the endpoint gives"),
        ("GET /v1/jobs", 200, {"data": {"jobs": []}}, ""),
        ("GET /v1/jobs", 200, {"data": None}, "another body than the endpoint gives"),
        ("GET /v1/jobs", 200, [], "another body than the endpoint gives"),
        ("GET /v1/plans", 200, {"data": {"plans": []}}, "another body than the endpoint gives"),
        ("POST /v1/jobs", 201, {"data": {"id": "1"}}, ""),
        ("POST /v1/jobs", 200, {"data": {"id": "1"}}, "status 200"),
    ],
)
def test_an_answer_is_wrong_by_its_status_or_its_body(
    name: str, status: int, answer: object, problem: str
) -> None:
    assert wrong(BY_NAME[name], status=status, answer=answer) == problem
