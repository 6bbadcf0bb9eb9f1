"""Whether secrets, variables and error reports of staging's reach whom production's reach."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from staging.inventory import Shared, StoredSecret
from staging.rules.isolation import Judged, Proof, Unknown
from staging.rules.outgoing import OUTGOING, Sending, outgoing

TODAY = date(2026, 11, 23)
SEEN = "a value has its digest here too"
UNSEEN = Unknown("not tried")
NO = Unknown("flyctl is not signed in")
REPORTS = "error reports' environment"
SENTRY = {"SENTRY_DSN": "https://k@o1.ingest.example/2"}


def sending(env: Mapping[str, str] | None = None, **digests: str) -> Sending:
    secrets = [StoredSecret(name=k, digest=v, status="Deployed") for k, v in digests.items()]
    return Sending(env=env or {}, secrets=secrets)


def declared(name: str, *, days: int = 0) -> Shared:
    expires = TODAY + timedelta(days=days)
    return Shared(name=name, reason="one account", owner="ann", expires=expires)


def found(
    production: Sending | Unknown,
    staging: Sending | Unknown,
    *meant: Shared,
    control: str | Unknown = SEEN,
) -> dict[str, Proof]:
    proofs = list(outgoing(production, staging, meant, control=control, today=TODAY))
    by_name = {proof.what.removeprefix("outgoing "): proof for proof in proofs}
    assert len(by_name) == len(proofs)
    return by_name


@pytest.mark.parametrize(
    "name",
    [
        "SENTRY_DSN",
        "SLACK_URL",
        "ORDERS_WEBHOOK_URL",
        "DISCORD_HOOK",
        "MS_TEAMS_URL",
        "TELEGRAM_TOKEN",
        "SMTP_PASSWORD",
        "EMAIL_FROM",
        "MAIL_URL",
        "SENDGRID_API_KEY",
        "POSTMARK_TOKEN",
        "MAILGUN_KEY",
        "RESEND_API_KEY",
        "LOOPS_KEY",
        "TWILIO_AUTH_TOKEN",
        "VONAGE_SECRET",
        "PAGERDUTY_KEY",
        "OPSGENIE_KEY",
        "STRIPE_KEY",
        "BUGSNAG_KEY",
        "ROLLBAR_TOKEN",
        "SEGMENT_KEY",
        "INTERCOM_TOKEN",
        "DSN",
        "REPORTS_DSN",
        "DSN_EU",
    ],
)
def test_names_that_send_something_to_somebody_are_known(name: str) -> None:
    assert OUTGOING.search(name)
    assert name.lower() in found(sending(), sending({name.lower(): "x"}))


@pytest.mark.parametrize(
    "name",
    [
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "APP_ENV",
        "LOG_LEVEL",
        "PORT",
        "METRICS_ADDR",
        "SUPABASE_AUTH_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "WORKER_CONCURRENCY",
        "DB_MAX_OPEN_CONNS",
        "TZ",
        "JWT_SECRET",
        "KIDSNAME",
    ],
)
def test_other_names_are_not_taken_for_such(name: str) -> None:
    assert not OUTGOING.search(name)
    proofs = found(sending({name: "x"}), sending({name: "x", f"{name}_2": "x"}))
    assert [(what, proof.verdict) for what, proof in proofs.items()] == [("integrations", "proved")]


@pytest.mark.parametrize(("production", "staging"), [(NO, sending()), (sending(), NO), (NO, NO)])
def test_a_side_that_could_not_be_read_is_not_proved(
    production: Sending | Unknown, staging: Sending | Unknown
) -> None:
    (proof,) = found(production, staging).values()
    assert (proof.verdict, proof.evidence) == ("not proved", NO.why)


@pytest.mark.parametrize(
    ("digest", "meant", "control", "verdict", "evidence"),
    [
        ("own", (), SEEN, "proved", "a value of staging's own"),
        ("own", (), UNSEEN, "not proved", "not tried"),
        ("own", (declared("SLACK_URL"),), UNSEEN, "not proved", "not tried"),
        ("", (), SEEN, "not proved", "flyctl tells no digest of staging's SLACK_URL"),
        ("s1", (), SEEN, "breach", "it is production's SLACK_URL"),
        ("s1", (), UNSEEN, "breach", "it is production's SLACK_URL"),
        ("s1", (declared("MAIL_URL"),), SEEN, "breach", "it is production's SLACK_URL"),
        ("s1", (declared("SLACK_URL", days=-1),), SEEN, "breach", "it is production's SLACK_URL"),
        ("m1", (declared("SLACK_URL"),), SEEN, "breach", "it is production's MAIL_URL"),
        (
            "s1",
            (declared("SLACK_URL"),),
            SEEN,
            "proved",
            "production's, which is declared as shared",
        ),
    ],
)
def test_a_secret_that_sends_is_staging_s_own_or_declared(
    digest: str,
    meant: tuple[Shared, ...],
    control: str | Unknown,
    verdict: Judged,
    evidence: str,
) -> None:
    production = sending(SLACK_URL="s1", MAIL_URL="m1")
    proofs = found(production, sending(SLACK_URL=digest), *meant, control=control)
    assert list(proofs) == ["SLACK_URL"]
    assert (proofs["SLACK_URL"].verdict, proofs["SLACK_URL"].evidence) == (verdict, evidence)


def test_a_secret_of_production_s_without_a_digest_might_be_any_of_staging_s() -> None:
    proof = found(sending(OTHER=""), sending(SLACK_URL="s"))["SLACK_URL"]
    assert proof.verdict == "not proved"
    assert proof.evidence == "flyctl tells no digest of production's OTHER"


@pytest.mark.parametrize(
    ("production", "value", "verdict", "evidence"),
    [
        ({"SLACK_URL": "https://s/1"}, "https://s/1", "breach", "production has the same value"),
        ({"OTHER": "https://s/1"}, "https://s/1", "breach", "production has the same value"),
        ({"SLACK_URL": "https://s/1"}, "https://s/2", "proved", "a value of staging's own"),
        ({}, "https://s/1", "proved", "a value of staging's own"),
        ({"SLACK_URL": "Off"}, "Off", "proved", "it is off"),
        ({"DEBUG": "0"}, "0", "proved", "it is off"),
        ({"SLACK_URL": "official"}, "official", "breach", "production has the same value"),
    ],
)
def test_a_variable_that_sends_has_no_value_of_production_s_and_none_is_shown(
    production: Mapping[str, str], value: str, verdict: Judged, evidence: str
) -> None:
    proofs = found(sending(production), sending({"SLACK_URL": value}))
    assert list(proofs) == ["SLACK_URL"]
    assert (proofs["SLACK_URL"].verdict, proofs["SLACK_URL"].evidence) == (verdict, evidence)
    assert "https://s" not in repr(proofs)


def test_a_variable_that_is_empty_sends_nothing() -> None:
    proofs = found(sending({"SLACK_URL": ""}), sending({"SLACK_URL": ""}))
    assert list(proofs) == ["integrations"]


@pytest.mark.parametrize(
    ("production", "staging", "verdict", "evidence"),
    [
        ({"APP_ENV": "production"}, {}, "not proved", "staging says nowhere which it is"),
        ({"APP_ENV": "production"}, {"APP_ENV": ""}, "not proved", "staging says nowhere"),
        ({"APP_ENV": "production"}, {"APP_ENV": "staging"}, "proved", "staging says staging, "),
        ({"APP_ENV": "production"}, {"APP_ENV": "production"}, "breach", "both say production"),
        ({"APP_ENV": "production"}, {"APP_ENV": "Production"}, "breach", "both say Production"),
        ({"ENVIRONMENT": "live"}, {"APP_ENV": "live"}, "breach", "both say live"),
        (
            {"SENTRY_ENVIRONMENT": "eu", "APP_ENV": "production"},
            {"APP_ENV": "production"},
            "breach",
            "both say production",
        ),
        (
            {"APP_ENV": "production"},
            {"APP_ENV": "production", "SENTRY_ENVIRONMENT": "staging"},
            "proved",
            "staging says staging, production production",
        ),
        ({}, {"APP_ENV": "production"}, "breach", "both say production"),
        ({}, {"APP_ENV": "staging"}, "proved", "production nothing, which is production to Sentry"),
    ],
)
def test_error_reports_say_another_environment_than_production_s(
    production: Mapping[str, str], staging: Mapping[str, str], verdict: Judged, evidence: str
) -> None:
    proofs = found(sending(production), sending({**staging, **SENTRY}))
    assert proofs[REPORTS].verdict == verdict
    assert evidence in proofs[REPORTS].evidence
    assert set(proofs) == {"SENTRY_DSN", REPORTS}
    by_secret = found(sending(production), sending(staging, SENTRY_DSN="own"))
    assert by_secret[REPORTS] == proofs[REPORTS]


@pytest.mark.parametrize("side", ["production", "staging"])
def test_an_environment_that_is_kept_as_a_secret_cannot_be_read(side: str) -> None:
    env = {"APP_ENV": "staging", **SENTRY}
    kept = {"production": sending({"APP_ENV": "production"}), "staging": sending(env)}
    secret = sending(SENTRY_ENVIRONMENT="digest").secrets
    kept[side] = Sending(env=kept[side].env, secrets=secret)
    proof = found(kept["production"], kept["staging"])[REPORTS]
    assert proof.verdict == "not proved"
    assert proof.evidence == "SENTRY_ENVIRONMENT is kept as a secret"


def test_without_error_reports_their_environment_is_not_asked_for() -> None:
    assert REPORTS not in found(sending(), sending({"SLACK_URL": "https://s"}, MAIL_URL="m"))
