"""Old and new application on old and new schema, each really run on staging and smoked."""

import time
from collections.abc import Mapping
from dataclasses import replace

from staging.clouds import process
from staging.errors import ConfigurationError, NotFound, Refused, StagingError
from staging.operations import acceptance, bundles, unfinished
from staging.operations.deploy import deploy
from staging.operations.opening import Clouds
from staging.operations.rehearsing.ground import Ground, ground
from staging.operations.rehearsing.selection import Chosen
from staging.operations.steps import note
from staging.rules.bundles import TRIED
from staging.rules.square import Age, Corner, Square, Verdict, judged
from staging.secret import Secret

WAIT = 30.0
"""Seconds for a healthy answer: a corner in which it never comes is one that fails."""

ENOUGH = 300
"""Characters of a reason."""

Given = Mapping[str, Secret | str]


def square(clouds: Clouds, chosen: Chosen, *, image: str) -> Square:
    """Try the four corners, and put staging back, whatever comes of it."""
    started = time.monotonic()
    found = Square(old="", new=image, files=tuple(chosen.paths))
    if not chosen.paths:
        return found
    corners, made = list[Corner](), None
    try:
        given = acceptance.given(clouds)  # first: who cannot judge changes nothing
        with ground(clouds, chosen, why=f"the square with {image}") as made:
            _tried(made, image, given, corners)
    except (NotFound, Refused, ConfigurationError):
        raise
    except StagingError as error:
        if process.ending():
            raise
        told = f"{error.problem} {error.detail} {error.remedy}".strip()
        found = replace(found, error=told[:ENOUGH])
    if made is not None:
        old = made.before.tagged or made.before.image
        done, failed = tuple(made.done), tuple(made.failed)
        found = replace(found, old=old, put_back=done, not_put_back=failed)
    seconds = round(time.monotonic() - started, 2)
    return judged(replace(found, corners=tuple(corners), seconds=seconds))


def _tried(made: Ground, image: str, given: Given, corners: list[Corner]) -> None:
    """In the order that changes least: one step from each corner to the next."""
    old = [each for each in (made.before.image, made.before.tagged) if each]
    corners.append(_corner(made, given, "old", "old"))
    if corners[0].verdict != "pass":
        return
    unfinished.begin(
        made.clouds.settings,
        app=made.before.app,
        what=TRIED,
        before=made.before,
        machines=made.machines,
    )
    corners.append(_corner(made, given, "new", "old", deploying=[image]))
    made.migrate()
    # Again, although it runs already: as after a release, with connections of its own.
    corners.append(_corner(made, given, "new", "new", deploying=[image]))
    corners.append(_corner(made, given, "old", "new", deploying=old))


def _corner(
    made: Ground, given: Given, application: Age, schema: Age, *, deploying: list[str] | None = None
) -> Corner:
    """Deploy what is to run there, and have smoke judge it."""
    started = time.monotonic()
    corner = Corner(application=application, schema=schema, verdict="fail")
    note(f"  {corner} …")
    try:
        verdict, told = _smoked(made, given, str(corner), deploying or [])
    except NotFound:
        raise
    except StagingError as error:
        if process.ending():
            raise
        verdict, told = "fail", f"{error.problem} {error.detail}".strip()
    note(f"  {corner}: {verdict}{f', {told[:120]}' if told else ''}")
    seconds = round(time.monotonic() - started, 2)
    return replace(corner, verdict=verdict, told=told[:ENOUGH], seconds=seconds)


def _smoked(made: Ground, given: Given, why: str, images: list[str]) -> tuple[Verdict, str]:
    """The verdict is kept with the release, so that a rollback to it is refused where it failed."""
    clouds, app = made.clouds, made.before.app
    bundle = None
    if images:
        deploy(clouds, images=images, wait=WAIT)
        bundle = bundles.observed(clouds, clouds.fly.machines(app), app=app, command=TRIED, why=why)
    found = acceptance.smoke(clouds, given, mode="quick", name="acceptance")
    if bundle:
        bundles.judged(clouds.settings, bundle, verdict=found.verdict, reason=found.reason)
    return found.verdict, "" if found.verdict == "pass" else found.reason
