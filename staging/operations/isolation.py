"""Prove that nothing done in staging can reach production, and say how it was proved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar, TypeVar

from staging.clouds import process
from staging.errors import INVALID, NOT_SO, SUCCESS, StagingError
from staging.inventory import Subject
from staging.operations import effective, nonces
from staging.operations.bothsides import BothSides, Environment, learnt, place
from staging.operations.journal import changing
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps, Timing
from staging.operations.subjects import of_machines
from staging.rules.apart import Side, apart, whose
from staging.rules.crossing import Mark, Tried, marked, tokens
from staging.rules.isolation import Proof, Unknown, Verdict, verdict
from staging.rules.naming import naming
from staging.rules.outgoing import messages, outgoing, webhooks
from staging.rules.sharing import EQUAL, shared, sharing
from staging.settings import Settings

T = TypeVar("T")
OPEN = Unknown("not tried while a breach is open: what is written might reach production")
DIFFER = Unknown("not tried: it is not known that the two Auths have different keys")
BY_API = "a name given by PATCH to staging's API, sought in both databases"
BY_DATABASE = "a row written to staging's database, sought in both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """Each proof, and the verdict over all of them."""

    verdict: Verdict
    target: str
    production: str
    staging: str
    subject: Subject
    at: str
    proofs: tuple[Proof, ...]
    seconds: float
    chain_seconds: float
    steps: tuple[Timing, ...]
    report: ClassVar[str] = "isolation"

    @property
    def exit_code(self) -> int:
        """1 on a breach, 6 where something could not be proved."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


@dataclass(slots=True, kw_only=True)
class Crossed:
    """What was learnt by writing and trying; Unknown where it was not tried."""

    control: str | Unknown = OPEN
    api: Mark | Unknown = OPEN
    database: Mark | Unknown = OPEN
    ours: Tried | Unknown = OPEN
    theirs: Tried | Unknown = OPEN


@dataclass(slots=True)
class _Run:
    clouds: Clouds
    steps: Steps
    seen: BothSides = field(init=False)
    crossed: Crossed = field(default_factory=Crossed)

    def __post_init__(self) -> None:
        self.seen = BothSides(self.clouds)


def isolation(settings: Settings) -> Isolation:
    """Read both sides; then, unless something is open already, write in staging and look."""
    with changing(settings, "isolation") as change:
        run = _Run(open_clouds(settings), Steps())
        change.hold_of(run.clouds)
        run.seen.add_to(run.steps)
        run.steps.run()
        if process.ending():
            raise StagingError("Interrupted before anything was written.")
        _forget_what_a_killed_run_left(run.seen)
        if not any(proof.verdict == "breach" for proof in _standing(run)):
            _cross(run)
    proofs, machines = tuple(_proofs(run)), run.clouds.fly.machines(settings.staging.app)
    return Isolation(
        verdict=verdict(proofs),
        target=settings.target.name,
        production=settings.production.app,
        staging=settings.staging.app,
        subject=of_machines(settings, machines),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        proofs=proofs,
        seconds=round(run.steps.elapsed(), 2),
        chain_seconds=round(run.steps.chain(), 2),
        steps=tuple(run.steps.timings),
    )


def _cross(run: _Run) -> None:
    """Write and try, side by side."""
    tries: dict[str, tuple[str, Callable[[BothSides], object]]] = {
        "write through staging's API": ("api", nonces.through_the_api),
        "write to staging's database": ("database", nonces.through_the_database),
        "try staging's token": ("ours", _if_keys_differ(nonces.stagings_token)),
        "try production's token": ("theirs", _if_keys_differ(nonces.productions_token)),
    }
    if _equal(run.seen):
        run.crossed.control = EQUAL
    else:
        tries["see a digest in both apps"] = ("control", nonces.of_digests)
    for name, (kind, attempt) in tries.items():
        run.steps.add(name, partial(_learn, run, kind, attempt))
    run.steps.run()


def _learn(run: _Run, kind: str, attempt: Callable[[BothSides], object]) -> None:
    setattr(run.crossed, kind, learnt(lambda: attempt(run.seen)))


def _if_keys_differ(attempt: Callable[[BothSides], T]) -> Callable[[BothSides], T | Unknown]:
    """An application that accepts another's token may make an account for its bearer."""

    def careful(seen: BothSides) -> T | Unknown:
        ours, theirs = seen.staging.signing(), seen.production.signing()
        if isinstance(ours, Unknown) or isinstance(theirs, Unknown) or ours.ids & theirs.ids:
            return DIFFER
        return attempt(seen)

    return careful


def _proofs(run: _Run) -> Iterator[Proof]:
    crossed, seen = run.crossed, run.seen
    yield from _standing(run)
    yield marked("what the API writes", BY_API, crossed.api)
    yield marked("what the database holds", BY_DATABASE, crossed.database)
    ours, theirs = seen.staging.signing(), seen.production.signing()
    yield tokens("staging's tokens in production", ours, theirs, crossed.ours)
    yield tokens("production's tokens in staging", theirs, ours, crossed.theirs)
    yield from outgoing(
        effective.sending(seen, seen.production),
        effective.sending(seen, seen.staging),
        run.clouds.settings.shared,
        control=crossed.control,
        today=datetime.now(UTC).date(),
    )
    yield from messages(seen.production.services, seen.staging.services)
    both = (seen.production.database, seen.staging.database)
    yield webhooks(*(each if isinstance(each, Unknown) else each.webhooks for each in both))


def _standing(run: _Run) -> Iterator[Proof]:
    """What is proved without writing anything."""
    seen, settings = run.seen, run.clouds.settings
    production, staging = _side(seen.production), _side(seen.staging)
    yield from apart(production, staging)
    given = seen.production.where
    known = given if isinstance(given, Unknown) else place(given)
    yield whose(production.ref, _listed(seen.production), known)
    yield from sharing(
        seen.production.secrets,
        seen.staging.secrets,
        settings.shared,
        control=run.crossed.control,
        today=datetime.now(UTC).date(),
    )
    yield from naming(effective.values(seen), effective.names(seen))


def _side(side: Environment) -> Side:
    listed, where = _listed(side), side.where
    places = where if isinstance(where, Unknown) else listed
    if not isinstance(where, Unknown) and not isinstance(listed, Unknown):
        places = listed | {place(where)}
    return Side(
        app=side.app if isinstance(side.app, Unknown) else side.app.hostname,
        ref=side.project if isinstance(side.project, Unknown) else side.project.ref,
        places=places,
        server=side.database if isinstance(side.database, Unknown) else side.database.server,
    )


def _listed(side: Environment) -> frozenset[str] | Unknown:
    """Where Supabase says that the project's database is."""
    if isinstance(side.project, Unknown):
        return side.project
    host, _, port = side.project.host.partition(":")
    return frozenset({f"{host}:{port or 5432}"})


def _equal(seen: BothSides) -> bool:
    both = (seen.production.secrets, seen.staging.secrets)
    return not any(isinstance(each, Unknown) for each in both) and bool(shared(*both))  # type: ignore[arg-type]


def _forget_what_a_killed_run_left(seen: BothSides) -> None:
    if not isinstance(seen.staging.secrets, Unknown):
        nonces.clear_control(seen)
        kept = [each for each in seen.staging.secrets if not nonces.is_control(each)]
        seen.staging.secrets = tuple(kept)
