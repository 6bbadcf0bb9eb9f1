"""Environments as the clouds show them: by their names, and by the labels that their apps bear."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial

from staging.errors import NotFound, Refused, StagingError
from staging.inventory import Machine, Project
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.operations.steps import Steps, together
from staging.rules.environments import NEVER_DEPLOYED, Label, Seen, moment, names
from staging.settings import Settings
from staging.settings.environments import DEFAULT, EXPIRES, LABEL, at, stem


def label(clouds: Clouds, app: str) -> Label:
    """What the configuration of the app's last release says of itself."""
    try:
        env: Mapping[str, str] = clouds.fly.config(app).get("env") or {}
    except NotFound:
        return NEVER_DEPLOYED
    expires = moment(env.get(EXPIRES, ""))
    return Label(deployed=True, environment=env.get(LABEL, ""), expires=expires)


def one(clouds: Clouds) -> Seen:
    """The environment that these settings name."""
    settings, apps, projects = clouds.settings, list[str](), list[Project]()

    def fly() -> None:
        with suppress(NotFound):
            apps.append(clouds.fly.app(settings.staging.app).name)

    together(
        find_the_app=fly,
        find_the_project=lambda: projects.extend(theirs(clouds, settings.staging.project)),
    )
    if len(projects) > 1:
        refs = ", ".join(project.ref for project in projects)
        problem = f"There are {len(projects)} Supabase projects named {projects[0].name}."
        raise Refused(problem, detail=f"Their refs: {refs}", remedy="End one by hand.")
    app = apps[0] if apps else None
    return Seen(
        name=settings.environment or DEFAULT,
        app=app,
        label=label(clouds, app) if app else NEVER_DEPLOYED,
        project=projects[0] if projects else None,
        made_here=_made_here(clouds, settings),
    )


def every(clouds: Clouds) -> list[Seen]:
    """Staging and each preview of which there is something, without production."""
    apps, projects = list[str](), list[Project]()
    together(
        list_apps=lambda: apps.extend(clouds.fly.apps()),
        list_projects=lambda: projects.extend(p for p in clouds.supabase.projects() if _there(p)),
    )
    found: dict[str, Seen] = {}
    steps = Steps()
    for settings in _named(clouds.settings, apps, projects):
        steps.add(settings.staging.app, partial(_read, clouds, settings, apps, projects, found))
    steps.run()
    return sorted(found.values(), key=lambda seen: (seen.name != DEFAULT, seen.name))


def theirs(clouds: Clouds, name: str) -> list[Project]:
    """The projects of a name that are still there."""
    return [p for p in clouds.supabase.projects() if p.name == name and _there(p)]


def _read(
    clouds: Clouds,
    settings: Settings,
    apps: list[str],
    projects: list[Project],
    found: dict[str, Seen],
) -> None:
    name, app = settings.environment or DEFAULT, settings.staging.app
    project = next((p for p in projects if p.name == settings.staging.project), None)
    there, machines = app in apps, tuple[Machine, ...]()
    if there:
        with suppress(NotFound):
            machines = clouds.fly.machines(app)
    if there or project:
        found[name] = Seen(
            name=name,
            app=app if there else None,
            label=label(clouds, app) if there else NEVER_DEPLOYED,
            project=project,
            made_here=_made_here(clouds, settings),
            guests=tuple(machine.guest for machine in machines),
        )


def _named(settings: Settings, apps: list[str], projects: list[Project]) -> Iterator[Settings]:
    """The settings of each environment that could have these; never of production."""
    production = settings.production.project
    others = [p.name for p in projects if production not in (p.name, p.ref)]
    yield at(settings, DEFAULT)
    for name in names(apps, others, stem=stem(settings)):
        with suppress(StagingError):  # a name that no environment can have is somebody else's
            yield at(settings, name)


def _made_here(clouds: Clouds, settings: Settings) -> bool:
    return Credentials(settings, clouds.environ).kept("database_password") is not None


def _there(project: Project) -> bool:
    return project.status != "REMOVED"
