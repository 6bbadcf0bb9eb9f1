"""Give staging a schema, production's or a file's: tried elsewhere, then in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from staging.clouds import postgres, schema
from staging.errors import NOT_SO, SUCCESS, Refused, ServiceFailed
from staging.inventory import Catalog
from staging.operations import exporting, laying, schemas, scratch
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.scratch import Bench
from staging.operations.steps import note
from staging.rules.catalog import SECRETS, untouched
from staging.rules.schemadiff import Told, compared, told
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was applied. `refused` could not be done by staging's role, `differences` are left."""

    target: str
    source: str
    changed: bool
    emptied: bool
    refused: tuple[str, ...]
    differences: tuple[Told, ...]

    @property
    def exit_code(self) -> int:
        """1 if staging has not become what was applied."""
        return NOT_SO if self.differences else SUCCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    source: str
    text: str
    catalog: Catalog
    scratch: bool


def apply(settings: Settings, *, file: str, confirmed: str, ask: Callable[[str], str]) -> Applied:
    """Production's schema, or that of `file`; what staging has is emptied only if confirmed.

    The same again finds nothing to do: a run that was killed left all of it or nothing.
    """
    clouds = open_clouds(settings)
    bench = scratch.found(clouds)
    production = scratch.known(bench)
    with changing(settings, "schema.apply") as change:
        change.hold(bench.staging)
        scratch.prove_apart(production, bench.staging)
        wanted = _of_file(bench, Path(file)) if file else _of_production(bench)
        before = laying.read(bench.staging)
        if not _left(wanted, before):
            return _result(clouds, wanted, changed=False)
        emptied = not untouched(before)
        if emptied:
            _consent(settings, confirmed, ask)
        change.note("schema", "replace" if emptied else "create", f"as {wanted.source}")
        note(f"  applying the schema of {wanted.source} …")
        refused = _apply(bench, wanted, empty=emptied)
        after = _left(wanted, laying.read(bench.staging))
    return _result(clouds, wanted, emptied=emptied, refused=refused, left=after)


def _of_file(bench: Bench, path: Path) -> _Wanted:
    text, catalog = laying.tried(bench, path)
    return _Wanted(source=str(path), text=text, catalog=catalog, scratch=True)


def _of_production(bench: Bench) -> _Wanted:
    production = scratch.known(bench)
    _, text, _ = exporting.read(production, bench.programs)
    catalog = laying.read(production)
    return _Wanted(source="production", text=text, catalog=catalog, scratch=False)


def _apply(bench: Bench, wanted: _Wanted, *, empty: bool) -> list[str]:
    with (
        postgres.connect(scratch.known(bench), read_only=True) as production,
        postgres.connect(bench.staging, read_only=False) as staging,
    ):
        schemas.prove_apart(production, staging)
        try:
            if empty:
                schema.empty(staging)
            refused = laying.lay(staging, wanted.text)
        except postgres.refusals() as error:
            raise ServiceFailed(
                f"The schema of {wanted.source} was not applied: staging is as it was.",
                detail=SECRETS.sub("***", str(error).strip()),
                remedy="Where a lock was waited for, end what holds it and run this again.",
            ) from error
        if not wanted.scratch:
            schemas.copy(production, staging, bench.reference)
    return refused


def _left(wanted: _Wanted, there: Catalog) -> tuple[Told, ...]:
    """What staging's schema is not yet; what is the server's is no matter of a schema."""
    found = compared(wanted.catalog, there, scratch=True)
    return told(found, (wanted.source, "staging"))


def _consent(settings: Settings, confirmed: str, ask: Callable[[str], str]) -> None:
    """All rows of the application's tables go with its schema: only if its name was given."""
    name = settings.environment or settings.staging.app
    note("Staging's database is not empty: its schema will be replaced, and its rows are lost.")
    typed = confirmed or ask(f"Type {name} to replace it: ")
    if typed not in {settings.environment, settings.staging.app} or not typed:
        raise Refused(
            "Nothing was changed: the name typed is not the environment's.",
            detail=f"Typed {typed!r}; the environment's name is {name!r}.",
            remedy=f"Run it again with --confirm {name}.",
        )


def _result(
    clouds: Clouds,
    wanted: _Wanted,
    *,
    changed: bool = True,
    emptied: bool = False,
    refused: list[str] | None = None,
    left: tuple[Told, ...] = (),
) -> Applied:
    return Applied(
        target=clouds.settings.target.name,
        source=wanted.source,
        changed=changed,
        emptied=emptied,
        refused=tuple(refused or ()),
        differences=left,
    )
