"""Settings of an environment beside staging: its own names, and what follows from them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace

from staging.errors import ConfigurationError, Refused
from staging.settings.records import Settings

DEFAULT = "staging"
LABEL = "STAGING_ENVIRONMENT"
EXPIRES = "STAGING_EXPIRES"
"""Variables in the app's configuration: they say whose it is and until when, and are read back."""

LOAD = "load"
"""What the name of the app of an environment's load machines ends with; no environment's does."""

FORM = r"[a-z0-9]+(-[a-z0-9]+)*"
LONGEST = 63  # characters of a Fly app's name, which is a label of DNS


def for_environment(settings: Settings, name: str) -> Settings:
    """The settings of the environment `name`; staging's own if that is empty or `staging`."""
    if name in ("", DEFAULT):
        return settings
    staging, previews, placed = settings.staging, settings.previews, at(settings, name)
    app = placed.staging.app
    names = {staging.app: app, staging.project: placed.staging.project}
    if staging.url:
        names[staging.url.partition("://")[2]] = f"{app}.fly.dev"
    env = {key: _renamed(value, names) for key, value in staging.env.items()}
    secrets = (
        replace(source, value=source.value and _renamed(source.value, names))
        for source in settings.secrets
    )
    budget = settings.budget_usd if previews.monthly_usd is None else previews.monthly_usd
    return replace(
        placed,
        staging=replace(placed.staging, url=None, env={**env, LABEL: name}),
        secrets=tuple(secrets),
        budget_usd=budget,
        smoke_email=f"smoke@{app}.example",
    )


def stem(settings: Settings) -> tuple[str, str]:
    """Staging's own app and project, which the names of every preview begin with."""
    end = f"-{settings.environment}" if settings.environment else ""
    return settings.staging.app.removesuffix(end), settings.staging.project.removesuffix(end)


def load_app(app: str) -> str:
    """The app whose machines put this app under load."""
    return f"{app}-{LOAD}"


def at(settings: Settings, name: str) -> Settings:
    """Any environment's settings with the names of `name`: enough to find it by."""
    app, project = stem(settings)
    if name != DEFAULT:
        app, project = f"{app}-{name}", f"{project}-{name}"
        _check(settings, name, app, project)
    placed = replace(settings.staging, app=app, project=project)
    return replace(settings, environment="" if name == DEFAULT else name, staging=placed)


def _check(settings: Settings, name: str, app: str, project: str) -> None:
    production = settings.production
    theirs = {"production", production.app.lower(), production.project.lower()}
    if theirs & {name.lower(), app.lower(), project.lower()}:
        raise Refused(
            f"The environment {name} would be production, or be taken for it.",
            detail=f"Its app would be {app}, its project {project}.",
            remedy="Choose another name, such as pr-123.",
        )
    if name.split("-")[-1] == LOAD:
        raise ConfigurationError(
            f"{name!r} is no name for an environment.",
            detail="Apps whose names end so are those of machines that put another under load.",
        )
    if not re.fullmatch(FORM, name):
        raise ConfigurationError(
            f"{name!r} is no name for an environment.",
            detail="Expected small letters and digits, with single dashes between, as in pr-123.",
        )
    if len(app) > LONGEST:
        raise ConfigurationError(
            f"The environment's name {name} is too long.",
            detail=f"Its app would be {app}, of {len(app)} characters; Fly takes {LONGEST}.",
            remedy=f"Choose a name of {max(LONGEST - len(app) + len(name), 0)} at most.",
        )


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """What names staging names this environment instead; `bee` in `bees` is another name."""
    listed = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    whole = rf"(?<![A-Za-z0-9-])({listed})(?![A-Za-z0-9-])"
    return re.sub(whole, lambda found: names[found[1]], text)
