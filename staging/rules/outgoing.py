"""Whether what leaves staging could reach real people: mail, chat, webhooks, error reports."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from staging.inventory import AUTH, Services, Shared, StoredSecret
from staging.rules.isolation import Proof, Unknown, breach, proved, unproved
from staging.rules.sharing import shared

OUTGOING = re.compile(
    r"SENTRY|SLACK|WEBHOOK|DISCORD|TEAMS|TELEGRAM|SMTP|MAIL|SENDGRID|POSTMARK|MAILGUN|RESEND|LOOPS"
    r"|TWILIO|VONAGE|PAGERDUTY|OPSGENIE|STRIPE|BUGSNAG|ROLLBAR|SEGMENT|INTERCOM|(^|_)DSN($|_)"
)
"""Names of secrets and variables by which something is sent to somebody."""

ENVIRONMENT = ("SENTRY_ENVIRONMENT", "APP_ENV", "ENVIRONMENT")
HOW = "names that send something, their digests and values in both environments"
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
) -> Iterator[Proof]:
    """A proof for each name that sends something, and that error reports say whose they are."""
    if isinstance(production, Unknown) or isinstance(staging, Unknown):
        why = next(each.why for each in (production, staging) if isinstance(each, Unknown))
        yield unproved("outgoing integrations", how=HOW, evidence=why, remedy="See the message.")
        return
    equal = shared(production.secrets, staging.secrets)
    names = {s.name for s in staging.secrets if OUTGOING.search(s.name.upper())}
    for name in sorted(names):
        yield _secret(name, equal.get(name), declared, control)
    variables = {k: v for k, v in staging.env.items() if v and OUTGOING.search(k.upper())}
    for name, value in sorted(variables.items()):
        if name not in ENVIRONMENT:
            yield _variable(name, value, production.env)
    if not names and not variables:
        evidence = "staging has no secret and no variable of such a name"
        yield proved("outgoing integrations", how=HOW, evidence=evidence)
    if any("SENTRY" in name.upper() for name in {*names, *variables}):
        yield _environment(production.env, staging.env)


def _secret(
    name: str, theirs: list[str] | None, declared: Collection[Shared], control: str | Unknown
) -> Proof:
    what = f"outgoing {name}"
    if theirs and any(each.name == name for each in declared):
        return proved(what, how=HOW, evidence="production's, which is declared as shared")
    if theirs:
        evidence = f"it is production's {', '.join(theirs)}"
        return breach(what, how=HOW, evidence=evidence, remedy=OFF)
    if isinstance(control, Unknown):
        return unproved(what, how=HOW, evidence=control.why, remedy=OFF)
    return proved(what, how=HOW, evidence="a value of staging's own")


def _variable(name: str, value: str, production: Mapping[str, str]) -> Proof:
    what = f"outgoing {name}"
    if value in production.values():
        return breach(what, how=HOW, evidence="production has the same value", remedy=OFF)
    return proved(what, how=HOW, evidence="a value of staging's own")


def _environment(production: Mapping[str, str], staging: Mapping[str, str]) -> Proof:
    what, how = "error reports' environment", f"the variables {', '.join(ENVIRONMENT)}"
    ours, theirs = (
        next((env[name] for name in ENVIRONMENT if env.get(name)), "")
        for env in (staging, production)
    )
    remedy = "Set SENTRY_ENVIRONMENT or APP_ENV under [staging.env]."
    if not ours:
        evidence = "staging says nowhere which environment it is"
        return unproved(what, how=how, evidence=evidence, remedy=remedy)
    if ours == theirs:
        return breach(what, how=how, evidence=f"both say {ours}", remedy=remedy)
    evidence = f"staging says {ours}, production {theirs or 'nothing'}"
    return proved(what, how=how, evidence=evidence)


AUTH_HOW = "Auth's configuration of both projects (Management API)"
MAIL = "Set a mail account of staging's own in the dashboard (Auth, SMTP), or none."
TEXTS = ("sms_twilio_account_sid", "sms_twilio_message_service_sid", "sms_messagebird_originator")


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
    if ours.get("external_phone_enabled"):
        yield _texts(theirs, ours)
    hooks = [key for key in ours if key.startswith("hook_") and key.endswith("_enabled")]
    for key in sorted(key for key in hooks if ours[key]):
        yield _hook(key.removesuffix("_enabled"), production, staging)  # type: ignore[arg-type]


def _mail(production: Mapping[str, Any], staging: Mapping[str, Any]) -> Proof:
    host = staging.get("smtp_host")
    if not host:
        evidence = "no mail server is set: Supabase's own writes to members of the team only"
        return proved("Auth's mail", how=AUTH_HOW, evidence=evidence)
    keys = ("smtp_host", "smtp_port", "smtp_user")
    if all(staging.get(key) == production.get(key) for key in keys):
        evidence = f"it goes through production's account at {host}"
        return breach("Auth's mail", how=AUTH_HOW, evidence=evidence, remedy=MAIL)
    evidence = f"it goes through an account of staging's own at {host}"
    return proved("Auth's mail", how=AUTH_HOW, evidence=evidence)


def _texts(production: Mapping[str, Any], staging: Mapping[str, Any]) -> Proof:
    same = [k for k in TEXTS if staging.get(k) and staging.get(k) == production.get(k)]
    if same:
        evidence, remedy = f"{same[0]} is production's", "Give staging a provider of its own."
        return breach("Auth's text messages", how=AUTH_HOW, evidence=evidence, remedy=remedy)
    return proved("Auth's text messages", how=AUTH_HOW, evidence="no account of production's")


def _hook(name: str, production: Services, staging: Services) -> Proof:
    """A hook within the database is staging's own; of another's address only its being is told."""
    what, uri = f"Auth's {name}", f"{name}_uri"
    if uri not in staging.secrets:
        return proved(what, how=AUTH_HOW, evidence="within staging's own database")
    if uri not in production.secrets:
        return proved(what, how=AUTH_HOW, evidence="production has no such hook")
    remedy = "See in the dashboard (Auth, Hooks) whose service it is, or turn it off."
    evidence = "both projects have one, whose address is kept as a secret"
    return unproved(what, how=AUTH_HOW, evidence=evidence, remedy=remedy)


CALLS_HOW = "triggers that call supabase_functions.http_request, in both databases"


def webhooks(
    production: Mapping[str, str] | Unknown, staging: Mapping[str, str] | Unknown
) -> Proof:
    """Database webhooks by name: each calls an address that stands in its trigger."""
    what = "database webhooks"
    if isinstance(production, Unknown) or isinstance(staging, Unknown):
        why = next(each.why for each in (production, staging) if isinstance(each, Unknown))
        return unproved(what, how=CALLS_HOW, evidence=why, remedy="See the message.")
    if same := sorted(name for name, text in staging.items() if text in production.values()):
        evidence = f"{', '.join(same)}: production's own address is called"
        remedy = "Disable or drop them in staging, and allow that under [[parity.allowed]]."
        return breach(what, how=CALLS_HOW, evidence=evidence, remedy=remedy)
    evidence = f"{len(staging)} in staging, none calls what production calls"
    return proved(what, how=CALLS_HOW, evidence=evidence)
