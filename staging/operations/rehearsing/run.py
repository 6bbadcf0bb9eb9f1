"""Try migrations before production sees them: choose, try, judge."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from staging.clouds import postgres, sizes, statistics
from staging.clouds.schema import HISTORY
from staging.errors import ConfigurationError
from staging.inventory import Subject
from staging.operations import reach, scratch
from staging.operations.opening import Clouds, open_clouds
from staging.operations.rehearsing.attempting import Tried, attempt, weighed
from staging.operations.rehearsing.filling import Rows, plain
from staging.operations.rehearsing.records import Part, Rehearsed, Verdict
from staging.operations.rehearsing.selection import Chosen, chosen
from staging.operations.subjects import of_machines
from staging.rules.foresight import foresee
from staging.rules.risk import ALLOWED, Reason, Risk, ordered, risk, window
from staging.rules.square import Square, answered
from staging.settings import Settings

ROLE = "postgres"
"""Whose limits in production count: the one by whom `supabase db push` applies migrations."""

Further = Callable[[Clouds, Chosen], Part]
"""A further part, such as the one under traffic: given what is tried."""

VERDICTS: Mapping[Risk, Verdict] = {
    "safe": "pass",
    "window": "fail",
    "unsafe": "fail",
    "invalid": "invalid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for: which files, how many rows at most, how long users may wait.

    `parts` by the names of Rehearsed's fields: traffic, square, way_back.
    """

    files: tuple[str, ...] = ()
    rows: int = 100_000
    allowed: float = ALLOWED
    parts: Mapping[str, Further] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rows < 1 or self.allowed < 0:
            raise ConfigurationError("--rows is at least 1, and --window no less than 0.")


def rehearse(settings: Settings, asked: Asked) -> Rehearsed:
    """Try what production has not got yet; where it has all, its whole history from nothing."""
    started = time.monotonic()
    clouds = open_clouds(settings)
    subject = of_machines(settings, clouds.fly.machines(settings.staging.app))
    what = chosen(clouds, asked.files)
    rows, limits = production(clouds)
    tried = attempt(
        partial(scratch.database, clouds, schema=what.upon_production),
        what.files,
        rows if what.upon_production else plain({}),
        limits=limits,
        most=asked.rows,
    )
    parts = {name: further(clouds, what) for name, further in asked.parts.items()}
    further = [*what.reasons, *(reason for part in parts.values() for reason in part.reasons)]
    alone = weighed(tried, allowed=asked.allowed)
    tested = parts.get("square")
    reasons = ordered(
        [*further, *(answered(alone, tested) if isinstance(tested, Square) else alone)]
    )
    seconds = time.monotonic() - started
    return told(
        settings, what, tried, reasons, asked=asked, subject=subject, seconds=seconds, **parts
    )


def told(
    settings: Settings,
    what: Chosen,
    tried: Tried,
    reasons: Sequence[Reason],
    *,
    asked: Asked,
    subject: Subject,
    seconds: float,
    **parts: Part,
) -> Rehearsed:
    """All of it as one result; the reasons decide."""
    found = risk(reasons)
    return Rehearsed(
        verdict=VERDICTS[found],
        risk=found,
        window_seconds=window(reasons),
        allowed_seconds=asked.allowed,
        target=settings.target.name,
        production=settings.production.app,
        staging=settings.staging.app,
        subject=subject,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        source=what.told,
        files=tried.files,
        reasons=tuple(reasons),
        foreseen=foresee(tried.scales, tried.wanted),
        blind=(*tried.blind, *(told for part in parts.values() for told in part.blind)),
        production_rows=dict(tried.wanted),
        limits=dict(tried.limits),
        scales=tried.scales,
        failures=tried.failures,
        seconds=round(seconds, 2),
        **parts,
    )


def production(clouds: Clouds) -> tuple[Rows, dict[str, str]]:
    """What its tables hold by its statistics, and how long it waits and works."""
    with postgres.connect(reach.production_database(clouds), read_only=True) as production:
        found = statistics.read(production)
        limits = sizes.limits(production, ROLE)
    profile = {t.name: t for t in found if not t.name.startswith(HISTORY[0])}
    return Rows(profile=profile, kept=clouds.settings.reference), limits
