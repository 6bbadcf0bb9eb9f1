"""Files applied at several sizes on databases of their own, and broken half way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from staging.clouds import postgres, process, sizes
from staging.clouds.postgres import Address
from staging.errors import StagingError
from staging.operations.rehearsing.failing import broken
from staging.operations.rehearsing.filling import Rows
from staging.operations.rehearsing.tracing import Tracer
from staging.operations.steps import note
from staging.rules.breaks import Column, breaks
from staging.rules.foresight import foresee
from staging.rules.risk import Reason, of_files, of_limits, of_rows, of_waits
from staging.rules.scaling import lacking, scaled, scales
from staging.rules.statements import Statement
from staging.rules.traced import Broken, Ran, Scale, Traced

OURS = {"lock_timeout": "60s", "statement_timeout": "900s"}
"""Where production has no limit: every trial ends."""

Opening = Callable[[], AbstractContextManager[Address]]
Files = Mapping[str, Sequence[Statement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was seen of the files, before anybody judges it. `lacking` says which tables lack rows.

    `wanted` are production's rows; there are none where the files were applied to nothing.
    """

    files: tuple[str, ...]
    wanted: Mapping[str, int]
    limits: Mapping[str, str]
    scales: tuple[Scale, ...]
    failures: tuple[Broken, ...]
    lacking: Mapping[str, str]

    @property
    def blind(self) -> tuple[str, ...]:
        """What could not be seen, at any size."""
        files = (file for scale in self.scales for file in scale.files)
        return tuple(dict.fromkeys(told for file in files for told in file.blind))


def attempt(
    opening: Opening,
    files: Files,
    rows: Rows,
    *,
    limits: Mapping[str, str],
    most: int,
) -> Tried:
    """Apply the files at each size, smallest first; then break each of them on empty tables."""
    found, short, wanted = list[Scale](), dict[str, str](), rows.wanted()
    for part in scales(wanted, most=most) if files else ():
        note(f"  at {part:.3g} of production's rows …" if wanted else "  from nothing …")
        target = scaled(wanted, part)
        with opening() as address:
            there, failed = rows.fill(address, target) if wanted else ({}, {})
            applied = tuple(_applied(address, files, limits))
        short = lacking(target, there, failed)
        found.append(Scale(scale=part, rows=there, files=applied))
        if process.ending():
            raise StagingError("Interrupted while migrations were tried.")
    failures = _broken(opening, files) if files else ()
    return Tried(
        files=tuple(files),
        wanted=wanted,
        limits=limits,
        scales=tuple(found),
        failures=failures,
        lacking=short,
    )


def weighed(tried: Tried, *, allowed: float) -> tuple[Reason, ...]:
    """What was seen, as reasons. Nothing seen is a reason too.

    Of a history that begins with nothing it only matters that it runs: what it took away again,
    and how long that took, is over and done with.
    """
    if not tried.files:
        return (Reason(level="invalid", file="", told="No migration was found to try"),)
    last = tried.scales[-1].files
    found = of_files(last, tried.files)
    if not tried.wanted:
        return tuple(each for each in found if not each.of_running)
    waits = foresee(tried.scales, tried.wanted)
    own = {file.file for file in last if any(map(_sets_limit, file.statements))}
    limited = [each for each in waits if each.file not in own]
    found += of_waits(waits, allowed=allowed) + of_limits(limited, tried.limits)
    return (*found, *of_rows(last, tried.lacking))


def _sets_limit(statement: Ran) -> bool:
    """Whether the file has a statement_timeout of its own, so that production's does not count."""
    return statement.kind == "VariableSet" and "statement_timeout" in statement.text.lower()


def _broken(opening: Opening, files: Files) -> tuple[Broken, ...]:
    note("  failing half way …")
    with opening() as address:
        return broken(address, files)


def _applied(address: Address, files: Files, limits: Mapping[str, str]) -> list[Traced]:
    found = []
    known = {name: value for name, value in limits.items() if value.strip("0ms ")}
    with Tracer(address, {**OURS, **known}) as tracer:
        for name, statements in files.items():
            before = _shape(address)
            traced = tracer.apply(name, statements)
            lost = () if traced.error else breaks(before, _shape(address))
            found.append(replace(traced, breaks=lost))
            if traced.error:
                break
    return found


def _shape(address: Address) -> dict[str, dict[str, Column]]:
    found: dict[str, dict[str, Column]] = {}
    with postgres.connect(address, read_only=True) as connection:
        for each in sizes.attributes(connection):
            column = Column(type=each.type, required=each.required, filled=each.filled)
            found.setdefault(each.relation, {})[each.name] = column
    return found
