"""End an environment, and see that nothing which costs is left."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from staging.errors import ConfigurationError, NotFound, Refused, ServiceFailed
from staging.inventory import Project
from staging.operations import fleetmachines, holdings, sighting
from staging.operations.credentials import Credentials
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import note, together, until
from staging.rules.environments import Seen, refusal
from staging.settings import Settings

GONE = 300.0  # seconds until a deleted project is listed no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What was ended, read back as gone."""

    target: str
    environment: str
    resources: tuple[str, ...]


class Spared(Refused):
    """What was to be ended has changed since that was decided."""


def destroy(settings: Settings, *, confirmed: str, ask: Callable[[str], str]) -> Destroyed:
    """Show what goes, and end it once its name was given: `confirmed`, or the answer to `ask`."""
    if confirmed:
        _the_name(settings, confirmed)
    refuse_production(settings)
    clouds = open_clouds(settings)
    found = holdings.read(clouds)
    _refuse(clouds, found.seen)
    for line in found.lines():
        note(f"- {line}")
    if not confirmed:
        _the_name(settings, ask(f"Type {_names(settings)[0]} to destroy it: "))
    return end(clouds)


def end(clouds: Clouds, *, spared: Callable[[Seen], str | None] = lambda _: None) -> Destroyed:
    """End app and project, unless the last look at them says that they are to be spared."""
    settings = clouds.settings
    refuse_production(settings)
    with changing(settings, "destroy") as change:
        change.hold_of(clouds)
        seen = sighting.one(clouds)
        _refuse(clouds, seen)
        if why := spared(seen):
            raise Spared(f"{seen.name} is spared: {why}.")
        ended = [f"Supabase project {p.name} ({p.ref})" for p in (seen.project,) if p]
        ended += [f"Fly app {seen.app}"] if seen.app else []
        for resource in ended:
            change.note(resource, "destroy", "there → gone")
        load = _end_all(clouds, seen)
        for resource in load:
            change.note(resource, "destroy", "there → gone")
        until(lambda: _left(clouds), what=f"The end of {seen.name}", limit=GONE)
        Credentials(settings, clouds.environ).forget()
        _forget_config(settings)
    return Destroyed(target=settings.target.name, environment=seen.name, resources=(*ended, *load))


def refuse_production(settings: Settings) -> None:
    """Whatever was typed, production's own names end nothing."""
    production, staging = settings.production, settings.staging
    for theirs, ours in ((production.app, staging.app), (production.project, staging.project)):
        if theirs.lower() == ours.lower():
            raise Refused(f"{ours} is production's: it is not destroyed from here.")


def _refuse(clouds: Clouds, seen: Seen) -> None:
    """Production, another environment's, and what is nobody's that we know."""
    production = clouds.settings.production.project
    if seen.project and production in (seen.project.ref, seen.project.name):
        raise Refused(f"{seen.project.name} ({seen.project.ref}) is production's.")
    if why := refusal(seen, orphans=clouds.settings.previews.orphans):
        raise Refused(
            f"Nothing was destroyed: {seen.name} is not known as an environment of ours.",
            detail=f"{why[0].upper()}{why[1:]}.",
            remedy="If it is to go all the same, end it in the two dashboards.",
        )


def _the_name(settings: Settings, typed: str) -> None:
    names = _names(settings)
    if typed not in names:
        raise Refused(
            "Nothing was destroyed: the name typed is not the environment's.",
            detail=f"Typed {typed!r}; the environment's name is {names[0]!r}.",
            remedy=f"Run `invoke destroy{_flag(settings)} --confirm {names[0]}`.",
        )


def _names(settings: Settings) -> list[str]:
    return [name for name in (settings.environment, settings.staging.app) if name]


def _flag(settings: Settings) -> str:
    return f" --environment {settings.environment}" if settings.environment else ""


def _end_all(clouds: Clouds, seen: Seen) -> list[str]:
    """Staging's side by side; what put it under load goes first, and is told of.

    A preview's app goes last: it bears the label. So whatever a killed run leaves is known as ours,
    from wherever it is looked at.
    """
    load: list[str] = []

    def app() -> None:
        load.extend(fleetmachines.drop(clouds))
        if seen.app:
            with suppress(NotFound):
                clouds.fly.destroy(seen.app)

    def project() -> None:
        if seen.project:
            _end_project(clouds, seen.project)

    if clouds.settings.environment:
        project()
        app()
    else:
        together(destroy_the_app=app, destroy_the_project=project)
    return load


def _end_project(clouds: Clouds, project: Project) -> None:
    """A project that is still coming up cannot be deleted yet: wait for it."""
    if project.status == "GOING_DOWN":
        return

    def look() -> str | None:
        try:
            clouds.supabase.destroy(project)
        except NotFound:
            return None
        except ServiceFailed as error:
            if "not ready for deletion" not in str(error):
                raise
            return "Project not ready for deletion"
        return None

    until(look, what=f"The deletion of {project.name}", limit=GONE)


def _left(clouds: Clouds) -> str | None:
    """What is still there, by both clouds; None if nothing is."""
    left: list[str] = []
    staging = clouds.settings.staging

    def app() -> None:
        with suppress(NotFound):
            left.append(f"Fly app {clouds.fly.app(staging.app).name}")

    def machines() -> None:
        with suppress(NotFound):
            left.extend(f"machine {machine.id}" for machine in clouds.fly.machines(staging.app))

    def project() -> None:
        found = sighting.theirs(clouds, staging.project)
        left.extend(f"Supabase project {p.name}, {p.status}" for p in found)

    together(look_for_the_app=app, look_for_machines=machines, look_for_the_project=project)
    return ", ".join(left) or None


def _forget_config(settings: Settings) -> None:
    """A preview's fly.toml is kept here only; staging's stays in git."""
    if not settings.environment:
        return
    try:
        settings.app_config.unlink(missing_ok=True)
    except OSError as error:
        problem = f"{settings.app_config} cannot be removed."
        raise ConfigurationError(problem, detail=str(error)) from None
