"""What each deploy put on an environment, kept in .staging/releases: no other place has it all."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from staging import flyconfig
from staging.errors import ServiceFailed
from staging.inventory import Machine, Release
from staging.operations import commits, lock, migrations
from staging.operations.credentials import private_folder, write_private
from staging.operations.opening import Clouds
from staging.operations.steps import note, together
from staging.rules import bundles as rules
from staging.rules.bundles import Bundle
from staging.rules.rollback import COMPLETE
from staging.settings import Settings

UNTAGGED = ":latest"
"""What stands for a tag where an image was asked for by its digest: it may be another image."""

KEPT = 100
"""The newest so many are kept; Fly itself tells of 25 releases."""


def kept(settings: Settings, app: str = "") -> tuple[Bundle, ...]:
    """The bundles of an app (staging's if not named), newest first."""
    found = []
    for path in sorted(_folder(settings, app).glob("*.json"), reverse=True):
        try:
            found.append(Bundle(**json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, TypeError) as error:
            note(f"  {path.name} of {path.parent} is left out, it cannot be read: {error}")
    return tuple(found)


def keep(settings: Settings, bundle: Bundle) -> None:
    """Keep a bundle, or what is known of it now."""
    folder = _folder(settings, bundle.app)
    for each in (settings.kept, folder.parent, folder):
        private_folder(each)
    write_private(folder / f"{bundle.release:06}.json", json.dumps(asdict(bundle), indent=1))
    for path in sorted(folder.glob("*.json"), reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)


def judged(settings: Settings, bundle: Bundle, *, verdict: str, reason: str) -> Bundle:
    """Keep with a bundle how it was judged."""
    known = replace(bundle, verdict=verdict, reason=reason)
    keep(settings, known)
    return known


def observed(
    clouds: Clouds, machines: Sequence[Machine], *, app: str, command: str, why: str = ""
) -> Bundle:
    """What runs now, as a bundle: of a deploy that is over, or that nothing is kept of."""
    seen: dict[str, Any] = {"releases": (), "config": {}, "secrets": (), "migration": ""}

    def ask(name: str, action: Any) -> None:  # noqa: ANN401 - each answer has its own form
        seen[name] = action()

    ours = app == clouds.settings.staging.app
    together(
        releases=lambda: ask("releases", lambda: clouds.fly.releases(app)),
        config=lambda: ask("config", lambda: _config(clouds, app)),
        secrets=lambda: ask("secrets", lambda: clouds.fly.secrets(app)),
        migration=lambda: ask("migration", lambda: migrations.head(clouds, production=not ours)),
    )
    machine = machines[0]
    known = next((b for b in kept(clouds.settings, app) if b.digest == machine.digest), None)
    tag = known.tagged if known else ""
    return Bundle(
        app=app,
        release=_release(seen["releases"]),
        image=machine.image,
        tagged=tag if machine.tagged.endswith(UNTAGGED) else machine.tagged,
        digest=machine.digest,
        config=seen["config"],
        secrets={secret.name: secret.digest for secret in seen["secrets"]},
        migration=seen["migration"],
        at=lock.now(),
        who=lock.who(),
        command=command,
        why=why,
        commit=commits.head(clouds),
    )


def before(clouds: Clouds, machines: Sequence[Machine], *, app: str) -> Bundle | None:
    """What runs until now, kept from now on; None where no one image runs on all machines."""
    if len({machine.digest for machine in machines}) != 1:
        return None
    seen = observed(clouds, machines, app=app, command="found running")
    known = rules.of_release(kept(clouds.settings, app), seen.release)
    if known and (known.digest, known.config) == (seen.digest, seen.config):
        return known
    keep(clouds.settings, seen)
    return seen


def write_config(settings: Settings, bundle: Bundle) -> Path:
    """The bundle's fly.toml as a file of its own, for flyctl to read."""
    private_folder(settings.kept)
    path = settings.kept / f"fly.{bundle.app}.restored.toml"
    flyconfig.write(path, {"app": bundle.app, "build": {}, **bundle.config})
    return path


def _folder(settings: Settings, app: str) -> Path:
    return settings.kept / "releases" / (app or settings.staging.app)


def _release(releases: Sequence[Release]) -> int:
    """The newest that is complete: a failed one has left the image before it, or part of itself."""
    complete = [release.version for release in releases if release.status == COMPLETE]
    return max(complete, default=0)


def _config(clouds: Clouds, app: str) -> dict[str, Any]:
    """As the release has it: an app that was never released has none."""
    try:
        return clouds.fly.config(app)
    except ServiceFailed:
        return {}
