"""How two projects' services differ: each difference named, and the traps on the way."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from staging.inventory import (
    ADDONS,
    API,
    AUTH,
    COMPUTE,
    POSTGRES,
    REALTIME,
    STORAGE,
    Services,
)
from staging.rules.leftout import reason
from staging.rules.services import GROUPS, Compared, address, differences, patch

RECORDED = Path(__file__).parents[2] / "recorded" / "supabase-api.json"
CALLS = {each["request"]: each["response"] for each in json.loads(RECORDED.read_text())["calls"]}
REF = "abcdefghijklmnopqrst"
BASE: Mapping[str, Mapping[str, Any]] = {
    AUTH: CALLS[f"GET /v1/projects/{REF}/config/auth"],
    API: CALLS[f"GET /v1/projects/{REF}/postgrest"],
    STORAGE: CALLS[f"GET /v1/projects/{REF}/config/storage"],
    REALTIME: {"private_only": False, "max_concurrent_users": 200, "connection_pool": None},
    POSTGRES: {},
    COMPUTE: {"compute_instance": "ci_micro"},
    ADDONS: {},
}
NAMES = {
    "bees.example": "bees-staging.fly.dev",
    "bees.fly.dev": "bees-staging.fly.dev",
    "app.bees.example": "app-staging.fly.dev",
    REF: "stagingstagingstaging"[:20],
    "bees": "bees-staging",
}


def services(
    change: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    secrets: tuple[str, ...] = (),
    unreadable: Mapping[str, str] | None = None,
) -> Services:
    groups = {name: {**BASE[name], **(change or {}).get(name, {})} for name in BASE}
    found = unreadable or {}
    readable = {name: values for name, values in groups.items() if name not in found}
    return Services(groups=readable, secrets=frozenset(secrets), unreadable=found)


def compared(group: str, production: Services, staging: Services) -> Compared:
    (found,) = [g for g in differences(production, staging, NAMES) if g.name == group]
    return found


def named(production: Services, staging: Services) -> list[str]:
    return [
        f"{group.name}: {each.key} {each.staging!r} -> {each.wanted!r}"
        for group in differences(production, staging, NAMES)
        for each in group.differences
    ]


def test_equal_projects_have_no_differences_in_any_group() -> None:
    found = differences(services(), services(), NAMES)
    assert tuple(each.name for each in found) == GROUPS
    assert not [each for each in found if each.differences or each.left_out or each.unreadable]
    assert all(patch(each) is None for each in found)
    assert all(each.wanted == each.found for each in found)


def test_every_recorded_key_is_compared_or_left_out_for_a_reason() -> None:
    for group in (AUTH, API, STORAGE):
        wanted = compared(group, services(), services()).wanted
        for key, value in BASE[group].items():
            other = {"x": 1} if isinstance(value, dict) else not value
            found = compared(group, services({group: {key: other}}), services())
            seen = {each.key for each in found.differences} | {k for k, _ in found.left_out}
            assert any(each.split(".")[0] == key for each in seen), key
            assert key not in wanted or not reason(group, key, services(), services())


@pytest.mark.parametrize(
    ("group", "key", "production", "staging"),
    [
        (AUTH, "disable_signup", True, False),
        (AUTH, "external_email_enabled", False, True),
        (AUTH, "external_anonymous_users_enabled", True, False),
        (AUTH, "external_phone_enabled", True, False),
        (AUTH, "external_google_enabled", True, False),
        (AUTH, "external_web3_solana_enabled", True, False),
        (AUTH, "mailer_autoconfirm", True, False),
        (AUTH, "mailer_otp_exp", 600, 3600),
        (AUTH, "mailer_secure_email_change_enabled", False, True),
        (AUTH, "mailer_subjects_invite", "Come in", "You have been invited"),
        (AUTH, "jwt_exp", 900, 3600),
        (AUTH, "password_min_length", 12, 6),
        (AUTH, "password_required_characters", "abc:123", ""),
        (AUTH, "password_hibp_enabled", True, False),
        (AUTH, "mfa_totp_enroll_enabled", False, True),
        (AUTH, "mfa_max_enrolled_factors", 2, 10),
        (AUTH, "rate_limit_verify", 150, 30),
        (AUTH, "rate_limit_token_refresh", 1, 150),
        (AUTH, "smtp_max_frequency", 1, 60),
        (AUTH, "security_captcha_enabled", True, False),
        (AUTH, "security_manual_linking_enabled", True, False),
        (AUTH, "refresh_token_rotation_enabled", False, True),
        (AUTH, "security_refresh_token_reuse_interval", 0, 10),
        (AUTH, "sessions_timebox", 24, 0),
        (AUTH, "saml_enabled", True, False),
        (AUTH, "db_max_pool_size", 30, 10),
        (AUTH, "a_key_of_tomorrow", 1, 2),
        (API, "max_rows", 100, 1000),
        (API, "db_schema", "public,api", "api,public"),
        (API, "db_pool", 20, None),
        (STORAGE, "fileSizeLimit", 1024, 52428800),
        (REALTIME, "private_only", True, False),
        (REALTIME, "max_concurrent_users", 500, 200),
        (POSTGRES, "work_mem", "64MB", "4MB"),
        (COMPUTE, "compute_instance", "ci_large", "ci_micro"),
        (ADDONS, "pitr", "pitr_28", "pitr_7"),
    ],
)
def test_one_difference_is_found_and_named(
    group: str, key: str, production: object, staging: object
) -> None:
    found = named(services({group: {key: production}}), services({group: {key: staging}}))
    assert found == [f"{group}: {key} {staging!r} -> {production!r}"]


def test_what_staging_lacks_or_has_too_much_is_a_difference_where_answers_are_whole() -> None:
    one, other = (
        services({POSTGRES: {"work_mem": "8MB"}, ADDONS: {"ipv4": "ipv4_default"}}),
        services(),
    )
    assert named(one, other) == [
        f"{POSTGRES}: work_mem None -> '8MB'",
        f"{ADDONS}: ipv4 None -> 'ipv4_default'",
    ]
    assert named(other, one) == [
        f"{POSTGRES}: work_mem '8MB' -> None",
        f"{ADDONS}: ipv4 'ipv4_default' -> None",
    ]


def test_a_key_that_only_staging_tells_is_not_one_that_production_lacks() -> None:
    assert named(services(), services({AUTH: {"a_key_of_tomorrow": 1}})) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://bees.example", "https://bees-staging.fly.dev"),
        ("https://BEES.example/**", "https://bees-staging.fly.dev/**"),
        ("https://www.bees.example/welcome", "https://bees-staging.fly.dev/welcome"),
        ("https://*.bees.example/**", "https://bees-staging.fly.dev/**"),
        ("https://app.bees.example/", "https://app-staging.fly.dev/"),
        ("https://x.app.bees.example/", "https://app-staging.fly.dev/"),
        ("https://bees.example:8443/", "https://bees-staging.fly.dev:8443/"),
        ("https://bees.fly.dev", "https://bees-staging.fly.dev"),
        (f"https://{REF}.supabase.co/x", "https://stagingstagingstagin.supabase.co/x"),
        ("bees://callback", "bees-staging://callback"),
        ("hello@bees.example", "hello@bees-staging.fly.dev"),
        ("Ask bees.example.", "Ask bees-staging.fly.dev."),
        ("https://notbees.example", "https://notbees.example"),
        ("https://bees.example.org", "https://bees-staging.example.org"),
        ("https://bees-preview.fly.dev", "https://bees-preview.fly.dev"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_an_address_is_staging_s_by_its_shape(text: str, wanted: str) -> None:
    assert address(text, NAMES) == wanted


def test_staging_s_own_address_below_production_s_domain_is_written_once() -> None:
    names = {"bees.example": "staging.bees.example", "bees": "bees-staging"}
    assert address("https://www.bees.example", names) == "https://staging.bees.example"


def test_redirects_are_compared_by_shape_in_any_order() -> None:
    production = {"uri_allow_list": "https://bees.example/**, https://www.bees.example/**,x://y"}
    staging = {"uri_allow_list": "x://y,https://bees-staging.fly.dev/**"}
    assert named(services({AUTH: production}), services({AUTH: staging})) == []


def test_production_s_address_in_staging_is_a_difference() -> None:
    same = services({AUTH: {"site_url": "https://bees.example"}})
    assert named(same, same) == [
        f"{AUTH}: site_url 'https://bees.example' -> 'https://bees-staging.fly.dev'"
    ]
    assert patch(compared(AUTH, same, same)) == {"site_url": "https://bees-staging.fly.dev"}


@pytest.mark.parametrize(("one", "other"), [("", None), ("public, api", "public,api")])
def test_values_that_mean_the_same_are_no_difference(one: object, other: object) -> None:
    production, staging = services({API: {"db_schema": one}}), services({API: {"db_schema": other}})
    assert named(production, staging) == named(staging, production) == []


@pytest.mark.parametrize(
    ("group", "change", "why"),
    [
        (AUTH, {"smtp_host": "mail.bees.example"}, "real people"),
        (AUTH, {"smtp_admin_email": "hello@bees.example"}, "real people"),
        (AUTH, {"sms_provider": "vonage"}, "real people"),
        (AUTH, {"sms_twilio_account_sid": "AC1"}, "real people"),
        (AUTH, {"sms_test_otp_valid_until": "2027-01-01T00:00:00Z"}, "passwords"),
        (AUTH, {"hook_send_email_enabled": True}, "real people"),
        (AUTH, {"external_google_client_id": "1"}, "one environment"),
        (AUTH, {"external_keycloak_url": "https://keycloak.example"}, "one environment"),
        (AUTH, {"rate_limit_email_sent": 100}, "own mail server"),
        (STORAGE, {"migrationVersion": "x"}, "upkeep"),
        (STORAGE, {"external": {"upstreamTarget": "canary"}}, "upkeep"),
        (ADDONS, {"custom_domain": "cd_default"}, "one project"),
    ],
)
def test_what_is_not_staging_s_is_left_out_with_the_reason(
    group: str, change: dict[str, Any], why: str
) -> None:
    found = compared(group, services({group: change}), services())
    assert (found.differences, patch(found)) == ((), None)
    ((_, told),) = found.left_out
    assert why in told


def test_a_hook_in_the_database_is_compared_and_one_outside_left_out() -> None:
    inner = {
        "hook_custom_access_token_enabled": True,
        "hook_custom_access_token_uri": "pg-functions://postgres/public/claims",
    }
    found = compared(AUTH, services({AUTH: inner}), services())
    assert patch(found) == inner
    enabled = {"hook_custom_access_token_enabled": True}
    outer = services({AUTH: enabled}, secrets=("hook_custom_access_token_uri",))
    found = compared(AUTH, outer, services())
    assert (found.differences, len(found.left_out)) == ((), 1)


def test_the_mail_limit_is_compared_where_staging_has_its_own_server() -> None:
    own = services({AUTH: {"smtp_host": "mail.staging.example"}})
    found = compared(AUTH, services({AUTH: {"rate_limit_email_sent": 100}}), own)
    assert patch(found) == {"rate_limit_email_sent": 100}


@pytest.mark.parametrize(
    ("key", "ready", "secret"),
    [
        ("external_google_enabled", {"external_google_client_id": "s"}, "external_google_secret"),
        ("security_captcha_enabled", {}, "security_captcha_secret"),
        ("external_phone_enabled", {}, "sms_vonage_api_key"),
    ],
)
def test_what_needs_a_secret_of_staging_s_own_waits_for_it(
    key: str, ready: dict[str, Any], secret: str
) -> None:
    production = services({AUTH: {key: True}})
    waiting = compared(AUTH, production, services())
    assert waiting.differences[0].by_hand
    assert patch(waiting) is None
    assert patch(compared(AUTH, production, services({AUTH: ready}, secrets=(secret,)))) == {
        key: True
    }


def test_a_provider_s_secret_alone_is_not_enough() -> None:
    production = services({AUTH: {"external_google_enabled": True}})
    staging = services(secrets=("external_google_secret",))
    assert compared(AUTH, production, staging).differences[0].by_hand


def test_what_takes_no_empty_value_is_left_to_a_person() -> None:
    found = compared(REALTIME, services(), services({REALTIME: {"connection_pool": 5}}))
    assert found.differences[0].by_hand
    assert patch(found) is None


def test_postgresql_s_settings_are_put_whole() -> None:
    production = services({POSTGRES: {"work_mem": "8MB", "max_connections": 50}})
    staging = services({POSTGRES: {"max_connections": 50, "statement_timeout": "1s"}})
    found = compared(POSTGRES, production, staging)
    assert patch(found) == {"work_mem": "8MB", "max_connections": 50}
    assert patch(compared(POSTGRES, production, production)) is None


def test_the_last_setting_of_postgresql_goes_too() -> None:
    staging = services({POSTGRES: {"work_mem": "8MB"}})
    assert patch(compared(POSTGRES, services(), staging)) == {}


def test_a_feature_of_storage_is_given_whole_and_others_not_at_all() -> None:
    features = {**BASE[STORAGE]["features"]}
    features["vectorBuckets"] = {**features["vectorBuckets"], "maxIndexes": 9}
    found = compared(STORAGE, services({STORAGE: {"features": features}}), services())
    assert [each.key for each in found.differences] == ["features.vectorBuckets.maxIndexes"]
    assert patch(found) == {
        "features": {"vectorBuckets": {"enabled": True, "maxBuckets": 10, "maxIndexes": 9}}
    }


def test_an_empty_text_is_given_as_such() -> None:
    found = compared(API, services({API: {"db_extra_search_path": ""}}), services())
    assert patch(found) == {"db_extra_search_path": ""}


def test_a_group_that_cannot_be_read_is_neither_equal_nor_different() -> None:
    closed = services(unreadable={AUTH: "GET x answered 403"})
    for one, other, who in ((closed, services(), "production"), (services(), closed, "staging")):
        found = compared(AUTH, one, other)
        assert found.unreadable == f"{who}: GET x answered 403"
        assert (found.differences, patch(found)) == ((), None)
