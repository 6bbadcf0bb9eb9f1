"""What of a Supabase project's configuration staging does not take from production, and why."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from staging.inventory import ADDONS, AUTH, COMPUTE, REALTIME, STORAGE, Services

MAIL = "mail from staging must not reach real people: it has a sender of its own, or Supabase's"
TEXTS = "text messages from staging must not reach real people: it has a provider of its own"
MESSAGES = "messages from staging must not reach real people"
REGISTERED = "what is registered with a provider belongs to one environment"
UPKEEP = "Supabase's own upkeep, which nobody can set"
OUTER_HOOK = "a hook outside the database is production's own service"
LIMITED = "Supabase lets only a project with its own mail server say how much mail is sent"

LEFT_OUT: Mapping[str, tuple[tuple[str, str], ...]] = {
    AUTH: (
        ("smtp_admin_email", MAIL),
        ("smtp_host", MAIL),
        ("smtp_port", MAIL),
        ("smtp_sender_name", MAIL),
        ("smtp_user", MAIL),
        ("sms_provider", TEXTS),
        ("sms_messagebird_*", TEXTS),
        ("sms_textlocal_*", TEXTS),
        ("sms_twilio_*", TEXTS),
        ("sms_vonage_*", TEXTS),
        ("sms_test_otp*", "test numbers and their codes are as good as passwords"),
        ("hook_send_*", MESSAGES),
        ("external_*_client_id", REGISTERED),
        ("external_*_client_ids", REGISTERED),
        ("external_*_url", REGISTERED),
        ("nimbus_oauth_client_id", REGISTERED),
        ("index_worker_*", UPKEEP),
    ),
    STORAGE: (
        ("capabilities.*", UPKEEP),
        ("external.*", UPKEEP),
        ("migrationVersion", UPKEEP),
        ("databasePoolMode", UPKEEP),
    ),
    ADDONS: (
        ("custom_domain", "a domain belongs to one project"),
        ("log_drain", "production's drain is no place for staging's logs"),
    ),
}
"""By group: a pattern of keys, and the reason. Whatever no pattern names is compared.

Secrets are not here: they are dropped where the answers are parsed.
"""


def reason(group: str, key: str, production: Services, staging: Services) -> str:
    """Why a key is left out; empty if it is compared."""
    found = [why for pattern, why in LEFT_OUT.get(group, ()) if fnmatchcase(key, pattern)]
    if found:
        return found[0]
    if group != AUTH:
        return ""
    if key.startswith("hook_") and _uri(key) in production.secrets:
        return OUTER_HOOK
    if key == "rate_limit_email_sent" and not staging.groups[AUTH].get("smtp_host"):
        return LIMITED
    return ""


def by_hand(group: str, key: str, wanted: Any, staging: Services) -> str:  # noqa: ANN401 - any JSON
    """What a person has to do before a value can be set; empty if it can be."""
    if wanted is None and group in {REALTIME, STORAGE, COMPUTE}:
        return "the Management API takes no empty value: set it in the dashboard"
    if group != AUTH or wanted is not True:
        return ""
    if key in {"external_phone_enabled", "mfa_phone_enroll_enabled", "mfa_phone_verify_enabled"}:
        known = any(name.startswith("sms_") for name in staging.secrets)
        return "" if known else "give staging a provider of text messages of its own first"
    if key == "security_captcha_enabled":
        known = "security_captcha_secret" in staging.secrets
        return "" if known else "give staging a captcha secret of its own first"
    provider = key.removeprefix("external_").removesuffix("_enabled")
    client = f"external_{provider}_client_id"
    if not key.endswith("_enabled") or client not in staging.groups[AUTH]:
        return ""
    known = staging.groups[AUTH][client] and f"external_{provider}_secret" in staging.secrets
    return "" if known else f"register staging with {provider} and enter its id and secret first"


def _uri(key: str) -> str:
    """The key that holds the address of the hook that a key is of."""
    return f"{key.removesuffix('_enabled').removesuffix('_uri')}_uri"
