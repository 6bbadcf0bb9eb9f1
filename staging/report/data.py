"""Profiles, made-up rows and what became of them as text for a person."""

from staging.inventory.tables import TableProfile
from staging.operations.copying import Copied
from staging.operations.data import Cleared
from staging.operations.profiling import Profiled
from staging.operations.seeded import Filled, Seeded
from staging.report.lines import table, text

MARKS = {"filled": "+", "kept": "=", "left empty": "x"}
MEGA = 1_000_000


@text.register
def _(result: Profiled) -> str:
    rows = [
        (
            each.name,
            _rows(each),
            f"{(each.table_bytes + each.index_bytes) / MEGA:.1f} MB",
            _of(each),
        )
        for each in result.tables
    ]
    lines = [f"Target {result.target}, production {result.production}", *table(rows)]
    if result.unknown:
        lines.append(f"No statistics of {', '.join(result.unknown)}.")
        lines.append("Run ANALYZE in production, or wait for autovacuum: nothing is run there.")
    total = f"{result.rows:,} rows, {result.bytes / MEGA:.1f} MB in {len(result.tables)} tables"
    return "\n".join([*lines, f"{total}; no value of a row was read."])


def _size(size: int) -> str:
    return f"{size / MEGA:.1f} MB"


def _rows(each: TableProfile) -> str:
    return "rows unknown" if each.rows is None else f"{each.rows:,} rows"


def _of(each: TableProfile) -> str:
    when = f", {each.analyzed}" if each.analyzed and each.source == "statistics" else ""
    return f"{each.source}{when}"


@text.register
def _(result: Seeded) -> str:
    rows = [
        (MARKS[each.outcome], each.table, f"{each.rows:,} rows", _filled(each))
        for each in result.tables
    ]
    told = f"Scale {result.scale:g}, seed {result.seed}, until {result.until}"
    lines = [f"{told}, by {result.method}", *table(rows)]
    if result.guessed:
        lines.append(f"Number of rows guessed, nobody knows it: {', '.join(result.guessed)}.")
    lines += [f"Broken: {name} names {count:,} missing rows." for name, count in _broken(result)]
    lines += [f"Trigger not started: {each.trigger}; {each.instead}." for each in result.triggers]
    checked = f"{result.keys_checked} foreign keys checked"
    return "\n".join([*lines, f"{result.rows:,} rows in {result.seconds:.1f} s; {checked}."])


def _broken(result: Seeded | Copied) -> list[tuple[str, int]]:
    return sorted(result.orphans.items())


def _filled(each: Filled) -> str:
    timed = f"{each.bytes / MEGA:.1f} MB in {each.seconds:.1f} s" if each.bytes else each.outcome
    return "; ".join([timed, *each.reasons])


@text.register
def _(result: Cleared) -> str:
    gone = [(name, f"{count:,} rows") for name, count in result.rows.items() if count]
    lines = [f"Target {result.target}", *(table(gone) if gone else [])]
    if result.kept:
        lines.append(f"Kept: {', '.join(result.kept)}.")
    return "\n".join([*lines, f"{sum(result.rows.values()):,} rows taken away."])


@text.register
def _(result: Copied) -> str:
    rows = [(name, f"{count:,} rows") for name, count in result.rows.items()]
    lines = table(rows) if rows else []
    if result.unscanned:
        lines.append(f"Masked, but alike by chance, so not sought: {', '.join(result.unscanned)}.")
    lines += [
        f"Leak: {each.values} of {each.masked} found in {each.found_in}." for each in result.leaks
    ]
    lines += [f"Broken: {name} names {count:,} missing rows." for name, count in _broken(result)]
    sought = f"{result.originals:,} originals of {len(result.scanned)} columns sought"
    if result.verdict == "pass":
        return "\n".join(
            [*lines, f"{sum(result.rows.values()):,} rows copied; {sought}, none found."]
        )
    return "\n".join([*lines, f"Nothing was kept: staging is as before ({sought})."])
