"""Each of staging's secrets: where it comes from, who needs it, whether Fly holds its value."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from staging.errors import NOT_SO, SUCCESS, NotFound, StagingError
from staging.inventory import Project, StoredSecret
from staging.operations import secrets
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds, open_clouds
from staging.operations.rotation import NOT_YET
from staging.operations.steps import together
from staging.operations.wanted import known, the_project
from staging.settings import SecretSource, Settings

State = Literal["deployed", "staged", "other", "missing", "unknown", "left out"]
Shared = Literal["same", "other", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One secret. `production`: how it compares with production's, where it should be the same."""

    name: str
    source: str
    needed_by: str
    state: State
    production: Shared | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Every secret that staging.toml names; `undeclared` are those that only Fly has."""

    target: str
    app: str
    secrets: tuple[Listed, ...]
    undeclared: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 if Fly does not hold what is wanted, or not what production does where it should."""
        good = {"deployed", "left out"}
        wrong = [
            s for s in self.secrets if s.state not in good or s.production not in {None, "same"}
        ]
        return NOT_SO if wrong else SUCCESS


@dataclass(slots=True)
class _Look:
    clouds: Clouds
    project: Project | None = None
    staging: Mapping[str, StoredSecret] = field(default_factory=dict)
    production: Mapping[str, StoredSecret] = field(default_factory=dict)

    def fly(self) -> None:
        """What staging's app holds."""
        with suppress(NotFound):
            self.staging = self._held(self.clouds.settings.staging.app)

    def productions(self) -> None:
        """What production's app holds, by name and digest; asked only where it matters."""
        if any(source.production for source in self.clouds.settings.secrets):
            self.production = self._held(self.clouds.settings.production.app)

    def supabase(self) -> None:
        """The project, of which values are made."""
        with suppress(NotFound):
            self.project = the_project(self.clouds)

    def _held(self, app: str) -> Mapping[str, StoredSecret]:
        return {secret.name: secret for secret in self.clouds.fly.secrets(app)}


def listing(settings: Settings) -> Listing:
    """Ask both clouds side by side; no value is told."""
    look = _Look(open_clouds(settings))
    together(ask_Fly=look.fly, ask_Fly_of_production=look.productions, ask_Supabase=look.supabase)
    return Listing(
        target=settings.target.name,
        app=settings.staging.app,
        secrets=tuple(_listed(look, source) for source in settings.secrets),
        undeclared=tuple(sorted(look.staging.keys() - {s.name for s in settings.secrets})),
    )


def _listed(look: _Look, source: SecretSource) -> Listed:
    state, told = _state(look, source)
    return Listed(
        name=source.name,
        source=source.origin,
        needed_by=source.needed_by,
        state=state,
        production=_shared(look, source) if source.production else None,
        note=told,
    )


def _state(look: _Look, source: SecretSource) -> tuple[State, str]:
    stored = look.staging.get(source.name)
    try:
        value = secrets.value(look.clouds, known(look.clouds, look.project, source), source)
    except StagingError as error:
        return ("missing" if stored is None else "unknown"), error.problem
    if value == "" and source.optional:
        return "left out", "optional, and it has no value here"
    if stored is None:
        return "missing", ""
    if value is None:
        return "unknown", "its value is not known here"
    credentials = Credentials(look.clouds.settings, look.clouds.environ)
    if not credentials.unchanged(stored, secrets.text(value)):
        return "other", ""
    return ("staged" if stored.status in NOT_YET else "deployed"), ""


def _shared(look: _Look, source: SecretSource) -> Shared:
    ours, theirs = look.staging.get(source.name), look.production.get(source.name)
    if theirs is None:
        return "missing"
    return "same" if ours and ours.digest == theirs.digest else "other"
