"""Whether Auth's mail, text messages, hooks and database webhooks are staging's own."""

from collections.abc import Mapping
from typing import Any

import pytest

from staging.inventory import AUTH, Services
from staging.rules.isolation import Judged, Proof, Unknown
from staging.rules.outgoing import messages, webhooks

NO = Unknown("the Management API answered 500")
MAIL, TEXTS, HOOK = "Auth's mail", "Auth's text messages", "Auth's hook_send_email"
SMTP = {"smtp_host": "smtp.example", "smtp_port": 587, "smtp_user": "apikey"}
INNER = "pg-functions://postgres/public/hook"


def services(auth: Mapping[str, Any] | None = None, *secrets: str) -> Services:
    return Services(groups={AUTH: auth or {}}, secrets=frozenset(secrets), unreadable={})


def found(production: Services | Unknown, staging: Services | Unknown) -> dict[str, Proof]:
    proofs = list(messages(production, staging))
    assert len({proof.what for proof in proofs}) == len(proofs)
    return {proof.what: proof for proof in proofs}


UNREADABLE = Services(groups={}, secrets=frozenset(), unreadable={AUTH: NO.why})


@pytest.mark.parametrize("unread", [NO, UNREADABLE])
@pytest.mark.parametrize("side", ["production", "staging", "both"])
def test_a_configuration_that_could_not_be_read_is_not_proved(
    unread: Services | Unknown, side: str
) -> None:
    production = services() if side == "staging" else unread
    staging = services() if side == "production" else unread
    (proof,) = found(production, staging).values()
    assert (proof.what, proof.verdict, proof.evidence) == (MAIL, "not proved", NO.why)


@pytest.mark.parametrize(
    ("change", "verdict", "evidence"),
    [
        ({}, "breach", "production's account at smtp.example"),
        ({"smtp_port": "587"}, "breach", "production's account at smtp.example"),
        ({"smtp_port": 465}, "breach", "production's account at smtp.example"),
        ({"smtp_host": "SMTP.example"}, "breach", "production's account at SMTP.example"),
        ({"smtp_user": "other"}, "proved", "an account of staging's own at smtp.example"),
        ({"smtp_host": "mailpit"}, "proved", "an account of staging's own at mailpit"),
        ({"smtp_host": None}, "proved", "no mail server is set"),
        ({"smtp_host": ""}, "proved", "no mail server is set"),
    ],
)
def test_mail_goes_through_an_account_of_staging_s_own_or_none(
    change: Mapping[str, Any], verdict: Judged, evidence: str
) -> None:
    proofs = found(services(SMTP), services({**SMTP, **change}))
    assert list(proofs) == [MAIL]
    assert proofs[MAIL].verdict == verdict
    assert evidence in proofs[MAIL].evidence


def test_mail_is_staging_s_own_where_production_has_no_account() -> None:
    assert found(services(), services(SMTP))[MAIL].verdict == "proved"


PHONE = {"external_phone_enabled": True}


@pytest.mark.parametrize(
    "key",
    [
        "sms_twilio_account_sid",
        "sms_twilio_message_service_sid",
        "sms_twilio_verify_account_sid",
        "sms_twilio_verify_message_service_sid",
        "sms_messagebird_originator",
        "sms_textlocal_sender",
        "sms_vonage_from",
    ],
)
def test_an_account_for_text_messages_that_is_production_s_is_a_breach(key: str) -> None:
    production, staging = services({key: "AC1"}), services({**PHONE, key: "AC1"})
    proof = found(production, staging)[TEXTS]
    assert (proof.verdict, proof.evidence) == ("breach", f"{key} is production's")
    other = found(services({key: "AC2"}), staging)[TEXTS]
    assert other.verdict == "proved"
    assert "AC1" not in repr((proof, other))


@pytest.mark.parametrize(
    ("staging", "kept", "theirs", "verdict"),
    [
        ({}, (), (), "proved"),
        ({"sms_provider": "twilio"}, ("sms_twilio_auth_token",), (), "proved"),
        ({"sms_provider": "twilio"}, (), ("sms_twilio_auth_token",), "proved"),
        ({"sms_provider": "vonage"}, ("sms_vonage_api_key",), ("sms_twilio_auth_token",), "proved"),
        (
            {"sms_provider": "vonage", "sms_vonage_from": "Bees"},
            ("sms_vonage_api_key",),
            ("sms_vonage_api_key",),
            "not proved",
        ),
        (
            {"sms_provider": "vonage", "sms_twilio_account_sid": "AC2"},
            ("sms_vonage_api_key",),
            ("sms_vonage_api_key",),
            "not proved",
        ),
        (
            {"sms_provider": "twilio", "sms_twilio_account_sid": "AC2"},
            ("sms_twilio_auth_token",),
            ("sms_twilio_auth_token",),
            "proved",
        ),
        (
            {"sms_provider": "twilio"},
            ("sms_twilio_auth_token",) * 2,
            ("sms_twilio_auth_token",),
            "not proved",
        ),
        ({}, ("sms_textlocal_api_key",), ("sms_textlocal_api_key",), "not proved"),
    ],
)
def test_a_provider_of_which_only_secrets_are_known_to_be_on_both_sides_is_not_proved(
    staging: Mapping[str, str],
    kept: tuple[str, ...],
    theirs: tuple[str, ...],
    verdict: Judged,
) -> None:
    production = services({"sms_twilio_account_sid": "AC1"}, *theirs)
    proof = found(production, services({**PHONE, **staging}, *kept))[TEXTS]
    assert proof.verdict == verdict
    if verdict == "not proved":
        assert kept[0] in proof.evidence


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("external_phone_enabled", True),
        ("mfa_phone_enroll_enabled", True),
        ("mfa_phone_verify_enabled", True),
        ("external_email_enabled", False),
    ],
)
def test_text_messages_are_judged_wherever_a_phone_may_be_used(key: str, asked: bool) -> None:
    same = {"sms_twilio_account_sid": "AC1"}
    assert (TEXTS in found(services(same), services({**same, key: True}))) == asked
    assert TEXTS not in found(services(same), services({**same, key: False}))


URI = "hook_send_email_uri"


@pytest.mark.parametrize(
    ("staging", "kept", "theirs", "verdict", "evidence"),
    [
        ({URI: INNER}, (), (), "proved", "within staging's own database"),
        ({URI: INNER}, (), (URI,), "proved", "within staging's own database"),
        ({}, (URI,), (), "proved", "production has no such hook"),
        ({}, (URI,), (URI,), "not proved", "both projects have one"),
        ({}, (), (), "not proved", "it is on, and has no address"),
        ({URI: None}, (), (URI,), "not proved", "it is on, and has no address"),
    ],
)
def test_a_hook_is_within_the_database_or_production_has_none(
    staging: Mapping[str, Any],
    kept: tuple[str, ...],
    theirs: tuple[str, ...],
    verdict: Judged,
    evidence: str,
) -> None:
    on = {"hook_send_email_enabled": True, "hook_send_sms_enabled": False, **staging}
    proofs = found(services({}, *theirs), services(on, *kept))
    assert list(proofs) == [MAIL, HOOK]
    assert proofs[HOOK].verdict == verdict
    assert evidence in proofs[HOOK].evidence


def trigger(address: str, *, table: str = "orders", headers: str = "{}", mark: str = "") -> str:
    """As pg_get_triggerdef tells it."""
    return (
        f"CREATE TRIGGER hook AFTER INSERT ON public.{table} FOR EACH ROW EXECUTE FUNCTION "
        f"supabase_functions.http_request({mark}'{address}', 'POST', '{headers}', '{{}}', '1000')"
    )


THEIRS = {"hook on orders": trigger("https://hooks.example/a")}


@pytest.mark.parametrize(
    "text",
    [
        trigger("https://hooks.example/a"),
        trigger("https://hooks.example/a/"),
        trigger("https://Hooks.example/a"),
        trigger("https://hooks.example/a", mark="E"),
        trigger("https://hooks.example/a", table="bees"),
        trigger("https://hooks.example/a", headers='{"Authorization": "Bearer other"}'),
    ],
)
def test_a_webhook_that_calls_production_s_address_is_a_breach_whatever_else_it_says(
    text: str,
) -> None:
    proof = webhooks(THEIRS, {"mine": text, "other": trigger("https://other.example")})
    assert (proof.verdict, proof.evidence) == (
        "breach",
        "mine: production's own address is called",
    )


@pytest.mark.parametrize(
    ("production", "staging", "verdict", "evidence"),
    [
        (NO, {}, "not proved", NO.why),
        ({}, NO, "not proved", NO.why),
        (NO, NO, "not proved", NO.why),
        ({}, {}, "proved", "0 in staging, none calls"),
        (THEIRS, {}, "proved", "0 in staging, none calls"),
        ({"odd": "no address"}, {}, "proved", "0 in staging, none calls"),
        (THEIRS, {"a": trigger("https://hooks.example/b")}, "proved", "1 in staging, none calls"),
        (THEIRS, {"a": trigger("https://hooks.example/a''b")}, "proved", "1 in staging"),
        ({}, {"a": trigger("https://hooks.example/a")}, "proved", "1 in staging, none calls"),
        (THEIRS, {"odd": "no address"}, "not proved", "odd: it does not show"),
        ({"odd": "no address"}, {"odd": trigger("https://h")}, "not proved", "odd: it does not"),
        ({"odd": "none"}, {"odd": "none"}, "not proved", "odd: it does not show"),
    ],
)
def test_webhooks_of_staging_s_own_are_proved_only_if_each_address_is_known(
    production: Mapping[str, str] | Unknown,
    staging: Mapping[str, str] | Unknown,
    verdict: Judged,
    evidence: str,
) -> None:
    proof = webhooks(production, staging)
    assert proof.verdict == verdict
    assert evidence in proof.evidence
    assert "https://" not in proof.evidence
