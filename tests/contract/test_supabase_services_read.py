"""The services of real projects of a world, read, compared and made equal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.clouds.services import ServiceSettings
from staging.clouds.supabase import Supabase as Wrapper
from staging.errors import Refused, ServiceFailed
from staging.inventory import ADDONS, API, AUTH, COMPUTE, POSTGRES, REALTIME, STORAGE, Project
from staging.rules.services import Compared, differences, patch
from staging.secret import Secret
from tests.contract.faultyapi import FaultyApi
from tests.contract.supabaseplay import STAND_IN, Supabase, project
from tests.rehearsal.worlds import World

SECRET = "a-secret-that-nobody-may-see"
NAMES = {"bees.example": "bees-staging.example"}
CHANGES: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    (
        "PATCH",
        "config/auth",
        {
            "site_url": "https://bees.example",
            "uri_allow_list": "https://www.bees.example/**,bees://callback",
            "disable_signup": True,
            "jwt_exp": 900,
            "password_min_length": 12,
            "mfa_totp_enroll_enabled": False,
            "smtp_host": "mail.bees.example",
            "smtp_pass": SECRET,
            "rate_limit_email_sent": 100,
            "external_google_enabled": True,
            "external_google_client_id": "production's",
            "external_google_secret": SECRET,
            "hook_custom_access_token_enabled": True,
            "hook_custom_access_token_uri": f"https://bees.example/hook?key={SECRET}",
            "hook_custom_access_token_secrets": SECRET,
        },
    ),
    ("PATCH", "postgrest", {"max_rows": 100, "db_schema": "public, api"}),
    (
        "PATCH",
        "config/storage",
        {"fileSizeLimit": 1024, "features": {"s3Protocol": {"enabled": False}}},
    ),
    ("PATCH", "config/realtime", {"private_only": True}),
    ("PUT", "config/database/postgres", {"work_mem": "8MB", "statement_timeout": "90s"}),
    ("PATCH", "billing/addons", {"addon_type": "compute_instance", "addon_variant": "ci_small"}),
    ("PATCH", "billing/addons", {"addon_type": "pitr", "addon_variant": "pitr_7"}),
)


@dataclass(frozen=True)
class Pair:
    """Production and staging, and what may change staging alone."""

    settings: ServiceSettings
    production: Project
    staging: Project

    def compared(self) -> dict[str, Compared]:
        production, staging = map(self.settings.read, (self.production, self.staging))
        return {each.name: each for each in differences(production, staging, NAMES)}


def record(ref: str, name: str) -> Project:
    return Project(
        ref=ref, name=name, organisation="o", region="r", status="s", host="h", engine="17"
    )


def settings(environment: Mapping[str, str], **more: str) -> ServiceSettings:
    program = Program(STAND_IN, {**environment, **more})
    token = Secret(environment["SUPABASE_ACCESS_TOKEN"])
    return Wrapper(
        program, token=token, may_change=Permission(projects={"bees-staging"})
    ).services()


@pytest.fixture(scope="module")
def production(made: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supabase]:
    with project(made, tmp_path_factory.mktemp("production"), "bees") as found:
        for method, path, body in CHANGES:
            answer = found.api(method, f"/v1/projects/{found.ref}/{path}", json=body)
            assert answer.ok, answer.text
        yield found


@pytest.fixture
def staging(made: World, tmp_path: Path) -> Iterator[Supabase]:
    with project(made, tmp_path, "bees-staging") as found:
        yield found


@pytest.fixture
def pair(production: Supabase, staging: Supabase) -> Pair:
    return Pair(
        settings(production.environment()),
        record(production.ref, "bees"),
        record(staging.ref, "bees-staging"),
    )


def test_differences_of_real_projects_vanish_with_what_the_rule_says(pair: Pair) -> None:
    before = pair.compared()
    keys = {name: {each.key for each in found.differences} for name, found in before.items()}
    assert keys == {
        AUTH: {
            "disable_signup",
            "external_google_enabled",
            "jwt_exp",
            "mfa_totp_enroll_enabled",
            "password_min_length",
            "site_url",
            "uri_allow_list",
        },
        API: {"db_schema", "max_rows"},
        STORAGE: {"features.s3Protocol.enabled", "fileSizeLimit"},
        REALTIME: {"private_only"},
        POSTGRES: {"statement_timeout", "work_mem"},
        COMPUTE: {"compute_instance"},
        ADDONS: {"pitr"},
    }
    production = pair.settings.read(pair.production)
    for name, found in before.items():
        pair.settings.apply(pair.staging, name, patch(found))
    after = pair.compared()
    left = [(name, each.key) for name, found in after.items() for each in found.differences]
    assert left == [(AUTH, "external_google_enabled")]
    assert all(patch(found) is None for found in after.values())
    assert pair.settings.read(pair.production) == production
    staging = pair.settings.read(pair.staging).groups[AUTH]
    assert staging["site_url"] == "https://bees-staging.example"
    assert staging["smtp_host"] is None


def test_what_staging_has_too_much_is_taken_away(pair: Pair, staging: Supabase) -> None:
    path = f"/v1/projects/{staging.ref}/"
    extra = {"addon_type": "ipv4", "addon_variant": "ipv4_default"}
    staging.api("PATCH", f"{path}billing/addons", json=extra)
    staging.api("PUT", f"{path}config/database/postgres", json={"max_wal_size": "2GB"})
    before = pair.compared()
    for name in (POSTGRES, ADDONS):
        assert None in [each.wanted for each in before[name].differences]
        pair.settings.apply(pair.staging, name, patch(before[name]))
    after = pair.compared()
    assert not after[POSTGRES].differences + after[ADDONS].differences


def test_no_secret_is_in_what_is_read_or_compared(pair: Pair, production: Supabase) -> None:
    found = pair.settings.read(pair.production)
    hashed = production.api("GET", f"/v1/projects/{production.ref}/config/auth").json()["smtp_pass"]
    shown = repr(found) + repr(found.groups) + repr(pair.compared())
    assert SECRET not in shown
    assert hashed not in shown
    assert "smtp_pass" in found.secrets
    assert "hook_custom_access_token_uri" in found.secrets


def test_a_project_that_is_not_ours_is_unread_not_a_crash(pair: Pair) -> None:
    found = pair.settings.read(record("abcdefghijklmnopqrst", "foreign"))
    assert found.groups == {}
    assert set(found.unreadable) == {AUTH, API, STORAGE, REALTIME, POSTGRES, COMPUTE, ADDONS}


ANSWERS: dict[str, tuple[int, object]] = {
    "config/auth": (200, {"site_url": "x"}),
    "postgrest": (200, {"db_schema": "public", "jwt_secret": SECRET}),
    "config/storage": (200, {"fileSizeLimit": 1, "features": {}}),
    "config/realtime": (200, {"private_only": None}),
    "config/database/postgres": (200, {}),
    "billing/addons": (200, {"selected_addons": []}),
}


def ill(supabase: Supabase, faulty: FaultyApi) -> ServiceSettings:
    return settings(supabase.environment(), SUPABASE_PROFILE=str(faulty.profile))


@pytest.mark.parametrize(
    ("path", "answer", "group"),
    [
        ("config/realtime", (404, {"message": "Tenant not found"}), REALTIME),
        ("billing/addons", (403, {"message": "Forbidden"}), COMPUTE),
        ("config/auth", (200, {"surprise": True}), AUTH),
        ("postgrest", (200, []), API),
    ],
)
def test_one_group_that_cannot_be_read_leaves_the_others(
    shared: Supabase, faulty: FaultyApi, path: str, answer: tuple[int, object], group: str
) -> None:
    faulty.told = {**ANSWERS, path: answer}
    found = ill(shared, faulty).read(record("r", "bees-staging"))
    assert path in found.unreadable[group]
    assert len(found.groups) == 7 - len(found.unreadable)
    assert SECRET not in repr(found.groups)


def test_a_service_that_fails_is_told_without_what_it_said(
    shared: Supabase, faulty: FaultyApi
) -> None:
    faulty.told = {**ANSWERS, "config/auth": (500, {"smtp_pass": SECRET})}
    with pytest.raises(ServiceFailed, match="config/auth answered 500") as told:
        ill(shared, faulty).read(record("r", "bees-staging"))
    assert SECRET not in str(told.value)


@pytest.mark.parametrize("group", [AUTH, API, STORAGE, REALTIME, POSTGRES, COMPUTE, ADDONS])
@pytest.mark.parametrize("body", [{"jwt_exp": 1}, {}, None], ids=str)
def test_only_staging_is_changed_and_production_is_not_even_asked(
    shared: Supabase, faulty: FaultyApi, group: str, body: Mapping[str, Any] | None
) -> None:
    with pytest.raises(Refused, match="bees, which is not staging's"):
        ill(shared, faulty).apply(record("r", "bees"), group, body)
    assert faulty.calls == []


def test_nothing_to_change_makes_no_call(shared: Supabase, faulty: FaultyApi) -> None:
    for group in (AUTH, POSTGRES, ADDONS):
        ill(shared, faulty).apply(record("r", "bees-staging"), group, None)
    assert faulty.calls == []
