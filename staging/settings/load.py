"""Read staging.toml once, and say exactly what is wrong with it."""

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from staging.errors import ConfigurationError
from staging.inventory import Allowed, Shared
from staging.settings.checks import check
from staging.settings.environments import for_environment
from staging.settings.loading import accepted, load_limits, objectives
from staging.settings.records import (
    Data,
    Drills,
    Environment,
    Parity,
    Previews,
    Production,
    Promote,
    SecretSource,
    Settings,
    Target,
)
from staging.settings.watch import watch

NAME = "staging.toml"
LARGEST = 1_000_000  # bytes; a larger file is not somebody's settings


def load(root: Path | None = None, *, environment: str = "") -> Settings:
    """The settings in `root` (default: the current folder), STAGING_TARGET applied.

    `environment` names a preview, or staging; without it STAGING_ENVIRONMENT does.
    """
    root = (root or Path.cwd()).resolve()
    document = _read(root / NAME)
    if chosen := os.environ.get("STAGING_TARGET"):
        document["target"] = chosen
    check(document, file=NAME)
    name = environment or os.environ.get("STAGING_ENVIRONMENT", "")
    return for_environment(_settings(document, root), name)


def _read(path: Path) -> dict[str, Any]:
    remedy = f"Start from the {NAME} of this repository."
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(
                f"{NAME} is too large to be read.",
                detail=f"{path.stat().st_size:,} bytes; expected under {LARGEST:,}",
                remedy=remedy,
            )
        read: dict[str, Any] = _dates_as_text(tomllib.loads(path.read_bytes().decode()))
    except OSError as error:
        problem = f"{NAME} cannot be read."
        raise ConfigurationError(problem, detail=str(error), remedy=remedy) from None
    except UnicodeDecodeError as error:
        problem = f"{NAME} is not UTF-8 text."
        detail = f"byte {error.start} is {error.object[error.start]:#04x}"
        raise ConfigurationError(problem, detail=detail, remedy=remedy) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"{NAME} is not TOML."
        raise ConfigurationError(problem, detail=str(error), remedy=remedy) from None
    return read


def _settings(document: dict[str, Any], root: Path) -> Settings:
    production, smoke = document["production"], document.get("smoke", {})
    staging = document["staging"]
    config = production.get("config")
    return Settings(
        root=root,
        home=os.environ.get("STAGING_HOME", ""),
        target=_target(document["target"], document["targets"], root),
        production=Production(
            app=production["app"],
            project=production["project"],
            domains=tuple(production.get("domains", ())),
            config=root / config if config else None,
        ),
        staging=_environment(staging),
        secrets=tuple(_secret(name, entry) for name, entry in document["secrets"].items()),
        reference=tuple(document.get("schema", {}).get("reference", ())),
        parity=_parity(document.get("parity", {})),
        budget_usd=document.get("budget", {}).get("monthly_usd"),
        objectives=objectives(document["objectives"]),
        smoke_email=smoke.get("email", f"smoke@{staging['app']}.example"),
        crawl_domain=smoke.get("crawl_domain"),
        smoke_service=smoke.get("service"),
        smoke_only=tuple(smoke.get("only", ())),
        smoke_checks=smoke.get("checks", ""),
        smoke_allowed=tuple(smoke.get("allowed", ())),
        advice_accepted=accepted(document.get("schema", {})),
        shared=_shared(document.get("isolation", {})),
        lock_seconds=document.get("lock", {}).get("wait_seconds", 60.0),
        previews=_previews(document.get("previews", {})),
        migrations=document.get("migrations", {}).get("directory", "supabase/migrations"),
        promote=_promote(document.get("promote", {})),
        drills=Drills(**document.get("drills", {})),
        load=load_limits(document.get("load", {})),
        data=Data(**document.get("data", {})),
        watch=watch(document),
    )


def _target(name: str, targets: dict[str, Any], root: Path) -> Target:
    entry = targets[name]
    return Target(
        name=name,
        flyctl=_program(os.environ.get("FLYCTL") or entry["flyctl"], root),
        supabase=_program(os.environ.get("SUPABASE") or entry["supabase"], root),
        environment=root / _filled(entry["environment"]),
        notify=entry.get("notify", "loopback"),
    )


def _filled(path: str) -> str:
    """`${NAME:-otherwise}` stands for what the variable says, as in a shell."""
    variable = re.compile(r"\$\{(\w+):-([^}]*)\}")
    return variable.sub(lambda found: os.environ.get(found[1]) or found[2], path)


def _program(name: str, root: Path) -> str:
    """A bare name is looked up on PATH; anything with a slash is relative to staging.toml."""
    return str(root / name) if "/" in name else name


def _environment(entry: dict[str, Any]) -> Environment:
    return Environment(
        app=entry["app"],
        project=entry["project"],
        region=entry["region"],
        database_region=entry["database_region"],
        size=entry.get("size", "micro"),
        health=entry.get("health", "/health"),
        url=entry["url"].rstrip("/") if "url" in entry else None,
        organisation=entry.get("organisation"),
        env=entry.get("env", {}),
    )


def _parity(entry: dict[str, Any]) -> Parity:
    return Parity(
        valid_hours=entry.get("valid_hours", 24),
        allowed=tuple(
            Allowed(**{**each, "expires": date.fromisoformat(each["expires"])})
            for each in entry.get("allowed", ())
        ),
        running=entry.get("running", {}),
    )


def _shared(entry: dict[str, Any]) -> tuple[Shared, ...]:
    return tuple(
        Shared(**{**each, "expires": date.fromisoformat(each["expires"])})
        for each in entry.get("shared_secrets", ())
    )


def _promote(entry: dict[str, Any]) -> Promote:
    return Promote(**{**entry, "requires": tuple(entry.get("requires", Promote().requires))})


def _previews(entry: dict[str, Any]) -> Previews:
    return Previews(**{**entry, "orphans": tuple(entry.get("orphans", Previews().orphans))})


def _dates_as_text(value: Any) -> Any:  # noqa: ANN401 - any TOML
    """TOML has dates, JSON Schema does not."""
    if isinstance(value, dict):
        return {key: _dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _secret(name: str, entry: dict[str, Any]) -> SecretSource:
    production = entry.get("production", False)
    own = production and not entry.keys() & {"file", "command"}  # by the same name here as there
    return SecretSource(
        name=name,
        value=entry.get("value"),
        environment=entry.get("environment", name if own else None),
        known=entry.get("from"),
        optional=entry.get("optional", False),
        file=entry.get("file"),
        command=tuple(entry.get("command", ())),
        generated=entry.get("generated", False),
        production=production,
        needed_by=entry.get("needed_by", ""),
    )
