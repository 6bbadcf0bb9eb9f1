"""How much of what is promised was seen."""

from smoke.coverage import covered, promised
from staging.rules.endpoints import ENDPOINTS


def everything() -> dict[str, set[int]]:
    return {name: set(promised(endpoint)) for name, endpoint in ENDPOINTS.items()}


def test_a_run_that_saw_everything_covers_everything() -> None:
    found = covered(everything())
    assert found.unseen == ()
    assert found.statuses[0] == found.statuses[1] > 100


def test_what_was_not_seen_is_named() -> None:
    seen = everything()
    seen["POST /v1/jobs"] -= {400}
    assert covered(seen).unseen == ("POST /v1/jobs 400",)


def test_an_endpoint_that_only_refused_has_not_answered() -> None:
    seen = everything()
    seen["GET /v1/jobs"] = {401}
    before, after = covered(everything()).endpoints, covered(seen).endpoints
    assert after == (before[0] - 1, before[1])


def test_whoever_is_guarded_promises_to_refuse_without_a_token() -> None:
    assert 401 in promised(ENDPOINTS["GET /v1/jobs"])
    assert 401 not in promised(ENDPOINTS["GET /v1/plans"])
