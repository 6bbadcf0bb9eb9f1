"""The two clouds of a target, ready to be asked."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from staging.clouds.fly import Fly
from staging.clouds.permission import Permission
from staging.clouds.postgres import Address
from staging.clouds.program import Program
from staging.clouds.supabase import Supabase
from staging.errors import CommandFailed
from staging.operations.steps import together
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.environment import Environ, environ
from staging.settings.environments import load_app

PROMOTES = frozenset({"flyctl deploy", "flyctl machine destroy", "supabase db push"})
OLDEST_FLYCTL = (0, 3, 0)
OLDEST_SUPABASE = (2, 100, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """A target's two programs with its settings and environment."""

    settings: Settings
    environ: Environ
    fly: Fly
    supabase: Supabase
    printed: dict[str, Secret] = field(default_factory=dict, repr=False)  # by [secrets] commands
    apart: set[Address] = field(default_factory=set, repr=False)  # servers proved not production's


def open_clouds(settings: Settings, *, promoting: bool = False) -> Clouds:
    """Both programs, once each has said that it is there and new enough.

    `promoting`: to change production by the few verbs of PROMOTES, and nothing of staging.

    Only then is the target's environment file read: what a program needs to be asked about is
    written there by whatever keeps that target, at the latest when one of its programs is run.
    """
    first = _clouds(settings, promoting=promoting)
    together(flyctl=lambda: _flyctl(first), supabase=lambda: _supabase(first))
    return _clouds(settings, promoting=promoting)


def program_environment(found: Environ) -> dict[str, str | Secret]:
    """What every program is given; those installed beside this Python are found first."""
    given: dict[str, str | Secret] = {**found.for_programs()}
    beside = str(Path(sys.executable).parent)
    given["PATH"] = os.pathsep.join([beside, found.get("PATH") or os.defpath])
    return given


def _clouds(settings: Settings, *, promoting: bool) -> Clouds:
    found = environ(settings)
    given = program_environment(found)
    fly_token = found.secret("FLY_ACCESS_TOKEN") or found.secret("FLY_API_TOKEN")
    supabase_token = found.secret("SUPABASE_ACCESS_TOKEN")
    flyctl = Program(settings.target.flyctl, _with(given, "FLY_API_TOKEN", fly_token))
    supabase = Program(
        settings.target.supabase, _with(given, "SUPABASE_ACCESS_TOKEN", supabase_token)
    )
    permission = _promotion(settings) if promoting else _permission(settings)
    return Clouds(
        settings=settings,
        environ=found,
        fly=Fly(flyctl, may_change=permission),
        supabase=Supabase(supabase, token=supabase_token, may_change=permission),
    )


def _permission(settings: Settings) -> Permission:
    """What settings name, and no variable can widen."""
    production, staging = settings.production, settings.staging
    return Permission(
        apps={staging.app, load_app(staging.app)},
        projects={staging.project},
        production_app=production.app,
        production_project=production.project,
    )


def _promotion(settings: Settings) -> Permission:
    """Production alone, by what a promotion takes and the way back from it."""
    production = settings.production
    return Permission(
        production_app=production.app, production_project=production.project, promotes=PROMOTES
    )


def _with(
    given: dict[str, str | Secret], name: str, token: Secret | None
) -> dict[str, str | Secret]:
    return {**given, name: token} if token else given


def _flyctl(clouds: Clouds) -> None:
    _new_enough("flyctl", clouds.fly.version(), OLDEST_FLYCTL)


def _supabase(clouds: Clouds) -> None:
    _new_enough("supabase", clouds.supabase.version(), OLDEST_SUPABASE)


def _new_enough(name: str, found: tuple[int, ...], oldest: tuple[int, ...]) -> None:
    if found < oldest:
        raise CommandFailed(
            f"{name} {'.'.join(map(str, found)) or 'of an unknown version'} is too old.",
            detail=f"Expected {'.'.join(map(str, oldest))} or newer.",
            remedy=f"Update {name}, then run `invoke doctor`.",
        )
