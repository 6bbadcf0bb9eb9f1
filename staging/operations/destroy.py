"""End the staging environment, and see that nothing which costs is left."""

from contextlib import suppress
from dataclasses import dataclass

from staging.errors import NotFound, NotSo, Refused, ServiceFailed
from staging.inventory import App, Project
from staging.operations.credentials import Credentials
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import together, until
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What was ended."""

    target: str
    resources: tuple[str, ...]


def destroy(settings: Settings, *, confirmed: str) -> Destroyed:
    """End the app and the project. `confirmed` is the app's name, as a person has typed it."""
    name = settings.staging.app
    if confirmed != name:
        raise Refused(
            "Nothing was destroyed: the name typed is not staging's.",
            detail=f"Typed {confirmed!r}; the environment's name is {name!r}.",
            remedy=f"Run `invoke destroy --confirm {name}`.",
        )
    clouds = open_clouds(settings)
    with changing(settings, "destroy") as change:
        change.hold_of(clouds)
        app, project = _app(clouds), _project(clouds)
        ended = [f"Fly app {app.name}"] if app else []
        ended += [f"Supabase project {project.name} ({project.ref})"] if project else []
        for resource in ended:
            change.note(resource, "destroy", "there → gone")
        together(
            destroy_the_app=lambda: clouds.fly.destroy(app.name) if app else None,
            destroy_the_project=lambda: _end(clouds, project),
        )
        if _app(clouds) or _project(clouds):
            raise NotSo("Not everything is gone.", remedy="Run this again.")
        Credentials(settings, clouds.environ).forget()
    return Destroyed(target=settings.target.name, resources=tuple(ended))


def _end(clouds: Clouds, project: Project | None) -> None:
    """A project that is still coming up cannot be deleted yet: wait for it."""
    if project is None:
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

    until(look, what=f"The deletion of {project.name}", limit=300)


def _app(clouds: Clouds) -> App | None:
    with suppress(NotFound):
        return clouds.fly.app(clouds.settings.staging.app)
    return None


def _project(clouds: Clouds) -> Project | None:
    found = [p for p in clouds.supabase.projects() if p.name == clouds.settings.staging.project]
    if len(found) > 1:
        raise Refused(f"There are {len(found)} projects of staging's name; end one by hand.")
    return next((p for p in found if p.status not in {"GOING_DOWN", "REMOVED"}), None)
