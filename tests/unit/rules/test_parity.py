from datetime import UTC, date, datetime
from typing import Any

import pytest

from staging.inventory import Allowed
from staging.rules.effective import configuration, environment, renamed
from staging.rules.parity import Judgement, compare, judge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAME = compare("machines", {"app": {"count": 1}}, {"app": {"count": 1}})
OTHER = compare("environment variables", {"app": {"A": "1"}}, {"app": {"A": "2", "B": "3"}})


def allowed(resource: str = "environment*", path: str = "app.?", **more: Any) -> Allowed:
    given = {"reason": "tried out", "owner": "ann", "expires": date(2026, 12, 1), **more}
    return Allowed(resource=resource, path=path, **given)


def judged(*resources: Any, allowed: tuple[Allowed, ...] = (), **unread: str) -> Judgement:
    return judge(resources, allowed=allowed, unread=unread, now=NOW, valid_hours=24)


@pytest.mark.parametrize(
    ("production", "staging", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b 2 → 1"]),
        ({"a": {"b": 1}}, {"a": {}}, ["a.b = 1 is missing"]),
        ({"a": {"b": 1}}, None, ["a.b = 1 is missing"]),
        ({}, {"a": {"b": True}}, ["a.b = true is too much"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a[1] 3 → 2"]),
        ({"a": [1]}, {"a": [1, 3]}, ["a [1, 3] → [1]"]),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, ["a 2 → 1", "b 1 → 2"]),
        ({"a": 1}, {"a": 1}, []),
    ],
)
def test_every_value_that_is_not_the_same_is_named(
    production: object, staging: object, told: list[str]
) -> None:
    assert [str(each) for each in compare("x", production, staging).differences] == told


def test_long_values_are_cut_and_still_told_apart() -> None:
    (change,) = compare("x", {"body": "a" * 999}, {"body": "a" * 998 + "b"}).differences
    assert change.found != change.wanted
    assert len(str(change)) < 450


def test_equal_sides_get_a_certificate_that_names_them() -> None:
    found = judged(SAME)
    assert found.verdict == "pass"
    assert found.certificate is not None
    assert found.certificate.valid_until == "2026-11-24T12:00:00+00:00"
    changed = judged(compare("machines", {"app": {"count": 2}}, {"app": {"count": 2}}))
    assert changed.certificate is not None
    assert changed.certificate.sha256 != found.certificate.sha256


def test_a_difference_fails_and_has_no_certificate() -> None:
    found = judged(SAME, OTHER)
    assert (found.verdict, found.certificate) == ("fail", None)
    assert [(f.path, f.production, f.staging) for f in found.findings] == [
        ("app.A", "1", "2"),
        ("app.B", None, "3"),
    ]


def test_differences_that_are_meant_pass_with_their_reason() -> None:
    found = judged(SAME, OTHER, allowed=(allowed(),))
    assert found.verdict == "pass"
    assert [each.detail for each in found.meant] == ["tried out (ann)"] * 2


def test_an_allowance_covers_only_what_it_names() -> None:
    found = judged(SAME, OTHER, allowed=(allowed(path="app.A"),))
    assert [each.path for each in found.findings] == ["app.B"]


def test_an_expired_allowance_is_a_finding() -> None:
    found = judged(SAME, OTHER, allowed=(allowed(expires=date(2026, 11, 22)),))
    assert found.verdict == "fail"
    assert "expired on 2026-11-22: tried out" in found.findings[0].detail
    assert judged(SAME, OTHER, allowed=(allowed(expires=date(2026, 11, 23)),)).verdict == "pass"


def test_an_allowance_that_covers_nothing_is_a_finding() -> None:
    found = judged(SAME, allowed=(allowed(),))
    assert found.verdict == "fail"
    assert "covers no difference" in found.findings[0].detail


def test_what_was_not_read_is_no_equality_and_may_hold_the_difference() -> None:
    found = judged(SAME, allowed=(allowed(),), schema="the database is away")
    assert (found.verdict, found.findings, found.certificate) == ("invalid", (), None)
    assert judged().verdict == "invalid"
    assert judged(OTHER, schema="the database is away").verdict == "fail"


def test_a_machine_s_own_configuration_is_all_but_what_names_it() -> None:
    config = {
        "image": "registry/x@sha256:1",
        "metadata": {"fly_release_version": "3"},
        "guest": {"cpus": 1},
        "env": {"A": "1", "FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": "syd"},
        "mounts": [{"volume": "vol_1", "path": "/data"}],
        "checks": {},
        "services": [{"internal_port": 8080, "force_instance_key": None}],
    }
    assert configuration(config) == {
        "mounts": [{"path": "/data"}],
        "services": [{"internal_port": 8080}],
    }
    assert environment(config) == {"A": "1"}


def test_production_s_names_are_expected_as_staging_has_them() -> None:
    given = {"app": {"SELF": "http://bee.internal:8080", "PORTS": [1, "bee"]}}
    expected = {"app": {"SELF": "http://bee-staging.internal:8080", "PORTS": [1, "bee-staging"]}}
    assert renamed(given, {"bee": "bee-staging"}) == expected
