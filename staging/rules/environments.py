"""Which environments there are, whose they are, and which of them have had their time. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal

from staging.inventory import Guest, Project
from staging.settings.environments import DEFAULT, LOAD

State = Literal["complete", "app only", "project only", "half made", "not ours", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What an app's configuration says of itself; `deployed` is false where it has none."""

    deployed: bool
    environment: str = ""
    expires: datetime | None = None


NEVER_DEPLOYED = Label(deployed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One environment as the clouds show it; `made_here` says that its password is kept here."""

    name: str
    app: str | None
    label: Label
    project: Project | None
    made_here: bool
    guests: tuple[Guest, ...] = ()

    @property
    def created(self) -> datetime | None:
        """When its project was made; an app does not tell."""
        return moment(self.project.created_at) if self.project else None


def names(apps: Iterable[str], projects: Iterable[str], *, stem: tuple[str, str]) -> list[str]:
    """The names of the previews that apps and projects of these names belong to."""
    found = {app.removeprefix(f"{stem[0]}-") for app in apps if app.startswith(f"{stem[0]}-")}
    found |= {p.removeprefix(f"{stem[1]}-") for p in projects if p.startswith(f"{stem[1]}-")}
    return sorted(name for name in found if name and name.split("-")[-1] != LOAD)


def state(seen: Seen) -> State:
    """How much of it is there, and whether it is ours."""
    if seen.app is None:
        return "absent" if seen.project is None else "project only"
    if foreign(seen):
        return "not ours"
    if not seen.label.deployed:
        return "half made"
    return "complete" if seen.project else "app only"


def foreign(seen: Seen) -> str | None:
    """Why its app is not ours, going by its label; None if it is, or was never deployed."""
    said = seen.label.environment
    if seen.app is None or not seen.label.deployed or said == seen.name:
        return None
    if not said:  # staging itself needs none: staging.toml declares it by its name
        return None if seen.name == DEFAULT else f"its app {seen.app} bears no label"
    return f"its app {seen.app} bears the label of the environment {said}"


def refusal(seen: Seen, *, orphans: Sequence[str]) -> str | None:
    """Why it must not be destroyed even by whoever types its name; None if it may be."""
    if why := foreign(seen):
        return why
    if seen.name == DEFAULT or state(seen) == "absent" or seen.label.deployed:
        return None
    return _unknown(seen, orphans)


def spared(seen: Seen, *, now: datetime, ttl_hours: float, orphans: Sequence[str]) -> str | None:
    """Why `prune` leaves it alone; None if its time is over."""
    if seen.name == DEFAULT:
        return "staging itself"
    if state(seen) == "absent":
        return "there is nothing of it"
    if why := foreign(seen):
        return why
    if seen.label.deployed:
        if seen.label.expires is None:
            return "its label names no expiry"
        return None if seen.label.expires <= now else f"expires {written(seen.label.expires)}"
    if why := _unknown(seen, orphans):
        return why
    if seen.created is None:
        return "half made, and nothing tells when"
    over = seen.created + timedelta(hours=ttl_hours)
    return None if over <= now else f"half made, given time until {written(over)}"


def due(seen: Seen, *, now: datetime, ttl_hours: float, orphans: Sequence[str]) -> bool:
    """Whether its time is over."""
    return spared(seen, now=now, ttl_hours=ttl_hours, orphans=orphans) is None


def moment(text: str) -> datetime | None:
    """A time as the clouds and labels write it; None if it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def written(time: datetime) -> str:
    """A time as a label has it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unknown(seen: Seen, orphans: Sequence[str]) -> str | None:
    """Without a label, its name or what is kept here must say that it is ours."""
    if seen.made_here or any(fnmatchcase(seen.name, pattern) for pattern in orphans):
        return None
    return "it bears no label, and neither its name nor what is kept here says that it is ours"
