"""Load machines in the cloud: found by their labels, started, and ended for certain."""

from contextlib import suppress
from functools import partial

from staging.clouds import process
from staging.errors import NotFound, ServiceFailed, StagingError
from staging.inventory import Machine
from staging.operations import fleetimage
from staging.operations.opening import Clouds
from staging.operations.steps import Steps, note, until
from staging.rules import fleet as rules
from staging.rules.fleet import Plan
from staging.settings.environments import load_app

AT_ONCE = 4
"""Machines that are started side by side: Fly allows few such calls a second."""

GONE = 60.0


def left(clouds: Clouds) -> tuple[Machine, ...]:
    """Load machines that are there now, of whatever run; Refused where the app is not ours."""
    owner = clouds.settings.staging.app
    app = load_app(owner)
    try:
        found = clouds.fly.machines(app)
    except NotFound:
        return ()
    rules.refuse_foreign(found, owner=owner, app=app)
    return tuple(m for m in rules.ours(found, owner=owner) if m.state != "destroyed")


def end_leftover(clouds: Clouds) -> int:
    """End what runs before this one have left; how many there were."""
    found = left(clouds)
    if found:
        note(f"  {len(found)} machines of an earlier run are still there: they are ended.")
        end(clouds)
    return len(found)


def ensure_app(clouds: Clouds) -> None:
    """Have the machines' app, beside staging's and in the same organisation."""
    staging = clouds.settings.staging.app
    try:
        organisation = clouds.fly.app(staging).organisation
    except NotFound:
        problem = "There is no staging to put under load."
        raise NotFound(problem, remedy="Run `invoke provision`.") from None
    try:
        clouds.fly.app(load_app(staging))
    except NotFound:
        clouds.fly.create(load_app(staging), organisation=organisation)


def start(clouds: Clouds, plan: Plan, run: str) -> list[str]:
    """Start every machine, the first alone: without its image there is one to build first."""
    ids = [""] * len(plan.regions)

    def launch(number: int) -> None:
        ids[number] = _launch(clouds, plan, run, plan.regions[number])
        note(f"  machine {ids[number]} runs in {plan.regions[number]}")

    try:
        launch(0)
    except NotFound:
        fleetimage.build(clouds, plan.app)
        launch(0)
    steps = Steps()
    for number in range(1, len(plan.regions)):
        before = [f"machine {number - AT_ONCE}"] if number > AT_ONCE else []
        steps.add(f"machine {number}", partial(launch, number), after=before)
    steps.run()
    return ids


def _launch(clouds: Clouds, plan: Plan, run: str, region: str) -> str:
    return clouds.fly.launch(
        plan.app,
        fleetimage.name(clouds.settings.root, plan.app),
        "sleep",
        str(plan.lifetime),
        region=region,
        size=plan.size,
        labels=rules.labels(clouds.settings.staging.app, run),
    )


def end(clouds: Clouds) -> None:
    """End them all, by what the cloud shows and not by what we remember; also when interrupted.

    Then there is little time: their app goes as a whole, by one call.
    """
    app = load_app(clouds.settings.staging.app)
    with process.tidying():
        try:
            if process.ending():
                _drop(clouds, app)
            else:
                until(lambda: _end(clouds, app), what="The end of the machines", limit=GONE)
        except StagingError as error:
            raise ServiceFailed(
                "Load machines may still be running.",
                detail=f"{error.problem} Each ends itself when its time is over.",
                remedy="Run `invoke fleet --clear`.",
            ) from error


def drop(clouds: Clouds) -> tuple[str, ...]:
    """End the machines and their app with its image; what went."""
    app, found = load_app(clouds.settings.staging.app), left(clouds)
    gone = [f"machine {machine.id}, {machine.state} in {machine.region}" for machine in found]
    try:
        clouds.fly.app(app)
    except NotFound:
        return ()
    _drop(clouds, app)
    return (*gone, f"Fly app {app}")


def _drop(clouds: Clouds, app: str) -> None:
    with suppress(NotFound):
        clouds.fly.destroy(app)


def _end(clouds: Clouds, app: str) -> str | None:
    """What is still there after it was told to end; None if nothing is."""
    if not (found := left(clouds)):
        return None
    with suppress(NotFound):  # one has ended itself meanwhile: the next look tells
        clouds.fly.remove(app, *(machine.id for machine in found))
    return ", ".join(f"machine {m.id}, {m.state}" for m in left(clouds)) or None
