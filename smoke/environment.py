"""What a run is told, by environment variables alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smoke import allowed, mode, own, parts
from smoke.allowed import Allowed
from smoke.hidden import Hidden
from smoke.mode import Mode
from smoke.own import Own
from smoke.parts import Parts
from staging.errors import ConfigurationError
from staging.secret import Secret
from staging.settings.subject import subject

SERVICE = "blue-banded-bee"
PROJECT = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY")
SIGN_IN = (*PROJECT, "SMOKE_EMAIL", "SMOKE_PASSWORD")
OTHER = (*PROJECT, "SMOKE_OTHER_EMAIL", "SMOKE_OTHER_PASSWORD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: for any answer, for a job's start, for its end."""

    wake: float
    take_up: float
    crawl: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A user of Supabase Auth, and the project's key to sign in with."""

    url: str
    key: Secret
    email: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where the environment is and what may be used there; None is what was not given.

    `other` is a user of another organisation; `refused` are tokens, by what is wrong with them,
    that the project's own issuer or another made and that must open nothing. `version` and `name`
    are what the application must say that it is, and where; `subject` is what the target runs.
    """

    url: str
    mode: Mode
    token: Secret | None
    sign_in: SignIn | None
    other: SignIn | None
    refused: Mapping[str, Secret]
    database: Secret | None
    domain: str | None
    service: str
    version: str | None
    name: str | None
    parts: Parts
    allowed: tuple[Allowed, ...]
    strict: bool
    patience: Patience
    reports: Path
    kept: Path | None
    subject: Mapping[str, str] | None
    own: Own


def read(variables: Mapping[str, str], *, hidden: Hidden) -> Environment:
    """Read the variables, and hide every secret among them at once."""
    url = variables.get("STAGING_BASE_URL", "").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            "STAGING_BASE_URL does not say which environment to check.",
            remedy="Export it as http(s)://HOST, or run `nox -s smoke`, which asks the target.",
        )
    token = variables.get("STAGING_ACCESS_TOKEN")
    kept = variables.get("SMOKE_KEPT_TOKEN")
    database = variables.get("STAGING_DATABASE_URL")
    return Environment(
        url=url,
        mode=mode.read(variables),
        token=hidden.add(token) if token else None,
        sign_in=_sign_in(variables, SIGN_IN, hidden=hidden),
        other=_sign_in(variables, OTHER, hidden=hidden),
        refused=_refused(variables.get("SMOKE_REFUSED_TOKENS", ""), hidden=hidden),
        database=hidden.add_url(database) if database else None,
        domain=variables.get("SMOKE_CRAWL_DOMAIN") or None,
        service=variables.get("SMOKE_SERVICE") or SERVICE,
        version=variables.get("SMOKE_VERSION") or None,
        name=variables.get("SMOKE_ENVIRONMENT") or None,
        parts=parts.read(variables.get("SMOKE_ONLY", "")),
        allowed=allowed.read(variables.get("SMOKE_ALLOWED", "")),
        strict=bool(variables.get("SMOKE_STRICT_CONTRACTS")),
        patience=Patience(
            wake=_seconds(variables, "STAGING_WAKE_SECONDS", otherwise=10),
            take_up=_seconds(variables, "SMOKE_TAKE_UP_SECONDS", otherwise=35),
            crawl=_seconds(variables, "SMOKE_CRAWL_SECONDS", otherwise=180),
        ),
        reports=Path(variables.get("REPORTS") or "reports"),
        kept=Path(kept) if kept else None,
        subject=subject(variables),
        own=own.read(variables),
    )


def _sign_in(
    variables: Mapping[str, str], names: tuple[str, ...], *, hidden: Hidden
) -> SignIn | None:
    values = [variables.get(name, "") for name in names]
    if not all(values):
        return None
    url, key, email, password = values
    return SignIn(
        url=url.rstrip("/"), key=hidden.add(key), email=email, password=hidden.add(password)
    )


def _refused(text: str, *, hidden: Hidden) -> dict[str, Secret]:
    try:
        return {name: hidden.add(token) for name, token in json.loads(text or "{}").items()}
    except (ValueError, AttributeError, TypeError):
        problem = "SMOKE_REFUSED_TOKENS is no JSON object of tokens by what is wrong with them."
        raise ConfigurationError(problem) from None


def _seconds(variables: Mapping[str, str], name: str, *, otherwise: float) -> float:
    try:
        return float(variables.get(name) or otherwise)
    except ValueError:
        raise ConfigurationError(f"{name} is not a number of seconds.") from None
