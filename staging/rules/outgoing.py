"""Whether what leaves staging could reach real people: mail, chat, webhooks, error reports."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from staging.inventory import AUTH, Services, Shared, StoredSecret
from staging.rules.isolation import Proof, Unknown, breach, proved, unproved
from staging.rules.sharing import judged, shared, undigested

OUTGOING = re.compile(
    r"SENTRY|SLACK|WEBHOOK|DISCORD|TEAMS|TELEGRAM|SMTP|MAIL|SENDGRID|POSTMARK|MAILGUN|RESEND|LOOPS"
    r"|TWILIO|VONAGE|PAGERDUTY|OPSGENIE|STRIPE|BUGSNAG|ROLLBAR|SEGMENT|INTERCOM|(^|_)DSN($|_)"
)
"""Names of secrets and variables by which something is sent to somebody."""

ENVIRONMENT = ("SENTRY_ENVIRONMENT", "APP_ENV", "ENVIRONMENT")
HOW = "names that send something, their digests and values in both environments"
DISABLED = {"0", "false", "off", "no", "none", "disabled"}
OFF = "Unset it in staging, or give it an account of staging's own."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One environment: its variables and its secrets, by name."""

    env: Mapping[str, str]
    secrets: Sequence[StoredSecret]


def outgoing(
    production: Sending | Unknown,
    staging: Sending | Unknown,
    declared: Collection[Shared],
    *,
    control: str | Unknown,
    today: date,
) -> Iterator[Proof]:
    """A proof for each name that sends something, and that error reports say whose they are."""
    if isinstance(production, Unknown) or isinstance(staging, Unknown):
        why = next(each.why for each in (production, staging) if isinstance(each, Unknown))
        yield unproved("outgoing integrations", how=HOW, evidence=why, remedy="See the message.")
        return
    equal = shared(production.secrets, staging.secrets)
    meant = {k for k, v in equal.items() if judged(k, v, declared, today).verdict == "proved"}
    names = {s.name: s for s in staging.secrets if OUTGOING.search(s.name.upper())}
    for name, secret in sorted(names.items()):
        blind = undigested(production.secrets, [secret])
        seen = Unknown(blind) if blind else control
        yield _secret(name, equal.get(name), declared=name in meant, control=seen)
    variables = {k: v for k, v in staging.env.items() if v and OUTGOING.search(k.upper())}
    for name, value in sorted(variables.items()):
        if name not in ENVIRONMENT:
            yield _variable(name, value, production.env)
    if not names and not variables:
        evidence = "staging has no secret and no variable of such a name"
        yield proved("outgoing integrations", how=HOW, evidence=evidence)
    if any("SENTRY" in name.upper() for name in {*names, *variables}):
        yield _environment(production, staging)


def _secret(
    name: str, theirs: list[str] | None, *, declared: bool, control: str | Unknown
) -> Proof:
    what = f"outgoing {name}"
    if theirs and declared:
        return proved(what, how=HOW, evidence="production's, which is declared as shared")
    if theirs:
        evidence = f"it is production's {', '.join(theirs)}"
        return breach(what, how=HOW, evidence=evidence, remedy=OFF)
    if isinstance(control, Unknown):
        return unproved(what, how=HOW, evidence=control.why, remedy=OFF)
    return proved(what, how=HOW, evidence="a value of staging's own")


def _variable(name: str, value: str, production: Mapping[str, str]) -> Proof:
    what = f"outgoing {name}"
    if value.lower() in DISABLED:
        return proved(what, how=HOW, evidence="it is off")
    if value in production.values():
        return breach(what, how=HOW, evidence="production has the same value", remedy=OFF)
    return proved(what, how=HOW, evidence="a value of staging's own")


def _environment(production: Sending, staging: Sending) -> Proof:
    what, how = "error reports' environment", f"the variables {', '.join(ENVIRONMENT)}"
    remedy = "Set SENTRY_ENVIRONMENT or APP_ENV under [staging.env]."
    kept = {secret.name for side in (production, staging) for secret in side.secrets}
    said = next((name for name in ENVIRONMENT if name in kept or staging.env.get(name)), None)
    if said is None or said in kept:
        evidence = f"{said} is kept as a secret" if said else "staging says nowhere which it is"
        return unproved(what, how=how, evidence=evidence, remedy=remedy)
    ours = staging.env[said]
    theirs = {production.env[name] for name in ENVIRONMENT if production.env.get(name)}
    told = ", ".join(sorted(theirs)) or "nothing, which is production to Sentry"
    if ours.lower() in {each.lower() for each in theirs or {"production"}}:
        return breach(what, how=how, evidence=f"both say {ours}", remedy=remedy)
    return proved(what, how=how, evidence=f"staging says {ours}, production {told}")


AUTH_HOW = "Auth's configuration of both projects (Management API)"
MAIL = "Set a mail account of staging's own in the dashboard (Auth, SMTP), or none."
PHONES = ("external_phone_enabled", "mfa_phone_enroll_enabled", "mfa_phone_verify_enabled")
ACCOUNTS = {"twilio": "sms_twilio_account_sid", "twilio_verify": "sms_twilio_verify_account_sid"}
TEXTS = (
    *ACCOUNTS.values(),
    "sms_twilio_message_service_sid",
    "sms_twilio_verify_message_service_sid",
    "sms_messagebird_originator",
    "sms_textlocal_sender",
    "sms_vonage_from",
)
"""What names an account for text messages; of other providers only the sender can be read."""


def messages(production: Services | Unknown, staging: Services | Unknown) -> Iterator[Proof]:
    """Whether Auth's own mail, text messages and hooks are staging's."""
    sides = (production, staging)
    for each in sides:
        why = each.why if isinstance(each, Unknown) else each.unreadable.get(AUTH)
        if why:
            yield unproved("Auth's mail", how=AUTH_HOW, evidence=why, remedy="See the message.")
            return
    theirs, ours = (each.groups[AUTH] for each in sides)  # type: ignore[union-attr]
    yield _mail(theirs, ours)
    if any(ours.get(key) for key in PHONES):
        yield _texts(production, staging)  # type: ignore[arg-type]
    hooks = [key for key in ours if key.startswith("hook_") and key.endswith("_enabled")]
    for key in sorted(key for key in hooks if ours[key]):
        yield _hook(key.removesuffix("_enabled"), production, staging)  # type: ignore[arg-type]


def _mail(production: Mapping[str, Any], staging: Mapping[str, Any]) -> Proof:
    host = staging.get("smtp_host")
    if not host:
        evidence = "no mail server is set: Supabase's own writes to members of the team only"
        return proved("Auth's mail", how=AUTH_HOW, evidence=evidence)
    if all(_text(staging, key) == _text(production, key) for key in ("smtp_host", "smtp_user")):
        evidence = f"it goes through production's account at {host}"
        return breach("Auth's mail", how=AUTH_HOW, evidence=evidence, remedy=MAIL)
    evidence = f"it goes through an account of staging's own at {host}"
    return proved("Auth's mail", how=AUTH_HOW, evidence=evidence)


def _texts(production: Services, staging: Services) -> Proof:
    what, theirs, ours = "Auth's text messages", production.groups[AUTH], staging.groups[AUTH]
    remedy = "Give staging a provider of its own."
    if same := [key for key in TEXTS if ours.get(key) and ours[key] == theirs.get(key)]:
        evidence = f"{same[0]} is production's"
        return breach(what, how=AUTH_HOW, evidence=evidence, remedy=remedy)
    provider = str(ours.get("sms_provider") or "")
    kept = f"sms_{provider}"
    both = sorted(key for key in staging.secrets & production.secrets if key.startswith(kept))
    if both and not ours.get(ACCOUNTS.get(provider, "")):
        evidence = f"both projects have {both[0]}, which is kept as a secret"
        return unproved(what, how=AUTH_HOW, evidence=evidence, remedy=remedy)
    return proved(what, how=AUTH_HOW, evidence="no account of production's")


def _text(group: Mapping[str, Any], key: str) -> str:
    return str(group.get(key) or "").lower()


def _hook(name: str, production: Services, staging: Services) -> Proof:
    """A hook within the database is staging's own; of another's address only its being is told."""
    what, uri = f"Auth's {name}", f"{name}_uri"
    if staging.groups[AUTH].get(uri):
        return proved(what, how=AUTH_HOW, evidence="within staging's own database")
    if uri not in staging.secrets:
        evidence, remedy = "it is on, and has no address", "See the dashboard (Auth, Hooks)."
        return unproved(what, how=AUTH_HOW, evidence=evidence, remedy=remedy)
    if uri not in production.secrets:
        return proved(what, how=AUTH_HOW, evidence="production has no such hook")
    remedy = "See in the dashboard (Auth, Hooks) whose service it is, or turn it off."
    evidence = "both projects have one, whose address is kept as a secret"
    return unproved(what, how=AUTH_HOW, evidence=evidence, remedy=remedy)


ADDRESS = re.compile(r"http_request\(\s*E?'((?:[^']|'')+)'")
CALLS_HOW = "triggers that call supabase_functions.http_request, in both databases"


def webhooks(
    production: Mapping[str, str] | Unknown, staging: Mapping[str, str] | Unknown
) -> Proof:
    """Database webhooks by name: each calls an address that stands in its trigger."""
    what = "database webhooks"
    if isinstance(production, Unknown) or isinstance(staging, Unknown):
        why = next(each.why for each in (production, staging) if isinstance(each, Unknown))
        return unproved(what, how=CALLS_HOW, evidence=why, remedy="See the message.")
    theirs, ours = ({k: _called(v) for k, v in each.items()} for each in (production, staging))
    if same := sorted(name for name, called in ours.items() if called in {*theirs.values()} - {""}):
        evidence = f"{', '.join(same)}: production's own address is called"
        remedy = "Disable or drop them in staging, and allow that under [[parity.allowed]]."
        return breach(what, how=CALLS_HOW, evidence=evidence, remedy=remedy)
    odd = sorted({name for each in (theirs, ours) for name, called in each.items() if not called})
    if ours and odd:
        evidence = f"{', '.join(odd)}: it does not show which address is called"
        return unproved(what, how=CALLS_HOW, evidence=evidence, remedy="See its trigger.")
    evidence = f"{len(staging)} in staging, none calls what production calls"
    return proved(what, how=CALLS_HOW, evidence=evidence)


def _called(trigger: str) -> str:
    """The address alone: the same is called with another header, or from another table."""
    found = ADDRESS.search(trigger)
    return found[1].lower().rstrip("/") if found else ""
