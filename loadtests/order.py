"""What is asked of a run: arguments and environment, read once and frozen."""

import argparse
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from staging.errors import ConfigurationError
from staging.secret import Secret
from staging.settings.subject import subject

CEILINGS = {"seconds": 600, "users": 500, "rate": 200}
"""A load test of staging is a short one; above these it is an attack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a password sign-in takes."""

    url: str
    key: Secret
    email: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run. Of `token`, `credentials` and `missing` (names of variables) just one is set."""

    seconds: float
    users: int
    rate: float
    url: str
    staging: str | None
    token: Secret | None
    credentials: Credentials | None
    missing: tuple[str, ...]
    domain: str | None
    reports: Path
    subject: Mapping[str, str] | None


def order(arguments: Sequence[str], environment: Mapping[str, str]) -> Order:
    """The order, or ConfigurationError with the argument or variable that is wrong."""
    given = _parser().parse_args(arguments)
    for name, ceiling in CEILINGS.items():
        _bounded(name, getattr(given, name), ceiling)
    staging = environment.get("STAGING_BASE_URL") or None
    url = given.url or staging
    if not url:
        raise ConfigurationError(
            "There is no address to put under load.",
            detail="STAGING_BASE_URL is not set.",
            remedy="Run `nox -s load`, which takes it from the target, or set it.",
        )
    token = environment.get("STAGING_ACCESS_TOKEN", "").strip()
    if not re.fullmatch(r"[!-~]*", token):
        raise ConfigurationError(
            "STAGING_ACCESS_TOKEN is no token.",
            detail="It holds characters that no header can carry.",
            remedy="`invoke token` prints a fresh one.",
        )
    credentials, missing = (None, ()) if token else _credentials(environment)
    return Order(
        seconds=given.seconds,
        users=given.users,
        rate=given.rate,
        url=url,
        staging=staging,
        token=Secret(token) if token else None,
        credentials=credentials,
        missing=missing,
        domain=environment.get("SMOKE_CRAWL_DOMAIN") or None,
        reports=Path(environment.get("REPORTS") or "reports"),
        subject=subject(environment),
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(
            f"The arguments are wrong: {message}.", remedy=self.format_usage().strip()
        )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m loadtests",
        description="Put staging under load and judge it by the objectives of staging.toml.",
        epilog="Exit codes: 0 pass, 1 fail, 4 wrong arguments, 5 refused, 6 invalid.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--seconds", type=float, default=20, help="how long requests are due (most: 600)")
    add("--users", type=int, default=10, help="how many can wait at once (most: 500)")
    add("--rate", type=float, default=20, help="requests due each second (most: 200)")
    add("--url", help="a loopback address to use instead of STAGING_BASE_URL")
    return parser


def _bounded(name: str, value: float, ceiling: float) -> None:
    if not (math.isfinite(value) and 0 < value <= ceiling):
        raise ConfigurationError(
            f"--{name} {value:g} will not do.",
            detail=f"Expected more than 0 and at most {ceiling}.",
            remedy="A load test of staging is short and polite; look for limits elsewhere.",
        )


def _credentials(environment: Mapping[str, str]) -> tuple[Credentials | None, tuple[str, ...]]:
    names = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", "SMOKE_EMAIL", "SMOKE_PASSWORD")
    url, key, email, password = (environment.get(name, "") for name in names)
    if missing := tuple(name for name in names if not environment.get(name)):
        return None, missing
    found = Credentials(
        url=url.rstrip("/"), key=Secret(key), email=email, password=Secret(password)
    )
    return found, ()
