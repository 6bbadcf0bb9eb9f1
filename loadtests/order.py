"""What is asked of a run: arguments and environment, read once and frozen."""

import argparse
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from loadtests.carriers import PROCESSES, Remote, processes, remotes
from loadtests.profile import GENTLE, USUAL, Profile, names, profile, scaled
from loadtests.resources.where import Where, where
from staging.errors import ConfigurationError, Refused
from staging.secret import Secret
from staging.settings.records import Load
from staging.settings.subject import subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a password sign-in takes."""

    url: str
    key: Secret
    email: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run. Of `token`, `credentials` and `missing` (names of variables) just one is set.

    `against` is empty, or production; `during` is what runs while the traffic goes on, `compare`
    another target.
    """

    profile: Profile
    url: str
    staging: str | None
    token: Secret | None
    credentials: Credentials | None
    missing: tuple[str, ...]
    domain: str | None
    reports: Path
    subject: Mapping[str, str] | None
    machines: str = ""
    database: Secret | None = None
    watched: Where = field(default_factory=Where)
    other: Credentials | None = None
    against: str = ""
    consent: str = ""
    during: tuple[str, ...] = ()
    compare: str = ""
    workers: int = 1
    remotes: tuple[Remote, ...] = ()
    check: bool = False

    @property
    def seconds(self) -> float:
        """How long requests are due."""
        return self.profile.seconds

    @property
    def rate(self) -> float:
        """The highest rate at which they are."""
        return self.profile.rate

    @property
    def users(self) -> int:
        """How many can wait for an answer at once."""
        return self.profile.users


def order(
    arguments: Sequence[str], environment: Mapping[str, str], most: Load | None = None
) -> Order:
    """The order, or ConfigurationError with the argument or variable that is wrong.

    Refused above what `[load]` allows.
    """
    given = _parser().parse_args(arguments)
    chosen = _chosen(given, most or Load())
    if given.against:
        environment = _of_production(environment)
    staging = environment.get("STAGING_BASE_URL") or None
    url = _address(staging if given.against else given.url or staging)
    token = _token(environment)
    database = environment.get("STAGING_DATABASE_URL")
    credentials, missing = (None, ()) if token else _credentials(environment)
    return Order(
        profile=chosen,
        url=url,
        staging=staging,
        token=Secret(token) if token else None,
        credentials=credentials,
        missing=missing,
        domain=environment.get("SMOKE_CRAWL_DOMAIN") or None,
        reports=Path(environment.get("REPORTS") or "reports"),
        subject=subject(environment),
        machines=environment.get("STAGING_MACHINES", ""),
        database=Secret(database) if database else None,
        watched=where(environment) if url == staging else Where(),
        other=_credentials(environment, user="SMOKE_OTHER")[0],
        against=given.against,
        consent=given.consent,
        during=_command(given.during, chosen),
        compare=_other(given.compare, chosen),
        workers=processes(given.workers, chosen),
        remotes=remotes(environment, workers=given.workers),
        check=given.check,
    )


def _address(url: str | None) -> str:
    if not url:
        raise ConfigurationError(
            "There is no address to put under load.",
            detail="STAGING_BASE_URL is not set.",
            remedy="Run `nox -s load`, which takes it from the target, or set it.",
        )
    return url


def _token(environment: Mapping[str, str]) -> str:
    token = environment.get("STAGING_ACCESS_TOKEN", "").strip()
    if not re.fullmatch(r"[!-~]*", token):
        raise ConfigurationError(
            "STAGING_ACCESS_TOKEN is no token.",
            detail="It holds characters that no header can carry.",
            remedy="`invoke token` prints a fresh one.",
        )
    return token


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
    add("--profile", help=f"{', '.join(names())}, or a file NAME.toml (usual: {USUAL})")
    add("--seconds", type=float, help="how long requests are due, in place of the profile's")
    add("--users", type=int, help="how many can wait at once, in place of the profile's")
    add("--rate", type=float, help="the highest rate, in place of the profile's")
    add("--workers", type=int, default=1, help=f"processes that carry it (most: {PROCESSES})")
    add("--url", help="a loopback address to use instead of STAGING_BASE_URL")
    add("--against", choices=("production",), default="", help="only gently, and with --consent")
    add("--consent", default="", metavar="APP", help="production's app, by its name")
    add("--compare", default="", metavar="URL", help="another target, which takes turns")
    add("--during", default="", metavar="COMMAND", help="what runs while the traffic goes on")
    add("--check", action="store_true", help="say what would be done, as JSON; nothing is sent")
    return parser


def _chosen(given: argparse.Namespace, most: Load) -> Profile:
    """The profile with the arguments in place of its figures, none above what is allowed."""
    for name in ("rate", "seconds", "users"):
        _sensible(name, getattr(given, name))
    name = given.profile or (GENTLE if given.against else most.profile or USUAL)
    own = profile(name)
    if given.against and own.name != GENTLE:
        raise Refused(
            f"Production is never put under the profile {own.name}.",
            remedy=f"Leave --profile out: {GENTLE} is what production bears.",
        )
    found = scaled(own, rate=given.rate, seconds=given.seconds, users=given.users)
    for what in ("rate", "seconds", "users"):
        _bounded(what, getattr(found, what), getattr(most, what), key=f"[load] {what}")
        if given.against:
            _bounded(what, getattr(found, what), getattr(own, what), key=f"the profile {GENTLE}")
    return found


def _sensible(name: str, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise ConfigurationError(f"--{name} {value:g} will not do.", detail="Expected more than 0.")


def _bounded(name: str, value: float, ceiling: float, *, key: str) -> None:
    if value > ceiling * (1 + 1e-9):
        raise Refused(
            f"{name} {value:g} is more than is allowed.",
            detail=f"{key} allows {ceiling:g} at most.",
            remedy="A load test of staging is short and polite: ask for less.",
        )


def _of_production(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Production's address and token in place of staging's, and nothing else of staging's."""
    url = environment.get("PRODUCTION_BASE_URL", "")
    if not url:
        raise ConfigurationError(
            "Production's address is not known.",
            detail="PRODUCTION_BASE_URL is not set.",
            remedy="Run `nox -s load`, which takes it from the target, or set it.",
        )
    token = environment.get("PRODUCTION_ACCESS_TOKEN", "")
    kept = {name: environment[name] for name in ("REPORTS",) if name in environment}
    return {**kept, "STAGING_BASE_URL": url, "STAGING_ACCESS_TOKEN": token}


def _command(during: str, chosen: Profile) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(during))
    except ValueError as error:
        raise ConfigurationError("--during cannot be read.", detail=str(error)) from None
    if bool(words) != (chosen.kind == "deploy"):
        raise ConfigurationError(
            "--during and --profile deploy belong together.",
            remedy="For example: --profile deploy --during 'invoke deploy --image REF'.",
        )
    return words


def _other(compare: str, chosen: Profile) -> str:
    if bool(compare) != (chosen.kind == "compare"):
        raise ConfigurationError("--compare and --profile compare belong together.")
    return compare.rstrip("/")


def _credentials(
    environment: Mapping[str, str], *, user: str = "SMOKE"
) -> tuple[Credentials | None, tuple[str, ...]]:
    needed = ("SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY", f"{user}_EMAIL", f"{user}_PASSWORD")
    url, key, email, password = (environment.get(name, "") for name in needed)
    if missing := tuple(name for name in needed if not environment.get(name)):
        return None, missing
    found = Credentials(
        url=url.rstrip("/"), key=Secret(key), email=email, password=Secret(password)
    )
    return found, ()
