"""Waits at production's size, what a running version loses, and what all of it comes to."""

import pytest

from staging.rules.breaks import Column, breaks, fits
from staging.rules.extrapolation import Estimate, foreseen
from staging.rules.foresight import Foreseen
from staging.rules.halves import NOTHING, go_on, left
from staging.rules.locks import CONFLICTS, MODES, stopped, stops
from staging.rules.risk import Level, Reason, of_limits, of_waits, ordered, risk, seconds, window
from staging.rules.scaling import lacking, scaled, scales
from staging.rules.traced import Held, Ran, Traced

LINE = [(2_000.0, 0.02), (6_000.0, 0.06), (20_000.0, 0.2)]


def test_what_works_through_no_rows_takes_as_long_at_any_size() -> None:
    found = foreseen([(2e3, 0.001), (2e4, 0.002)], 2e9, grows=False)
    assert found.high < 0.01


def test_what_grows_evenly_is_foreseen_within_its_interval() -> None:
    found = foreseen(LINE, 20e6, grows=True)
    assert found.low <= 200 <= found.high
    assert found.likely == pytest.approx(200, rel=0.1)
    assert found.high < 200 * 10


def test_a_small_tables_overhead_does_not_make_a_large_one_cheap() -> None:
    flat = [(2_000.0, 0.05), (6_000.0, 0.055), (20_000.0, 0.07)]
    assert foreseen(flat, 20e6, grows=True).high >= 70


def test_at_productions_own_size_it_is_as_measured() -> None:
    found = foreseen([(100.0, 0.5)], 105, grows=True)
    assert (found.likely, found.how) == (0.5, "measured")


def test_conflicts_are_mutual_as_in_the_manual() -> None:
    assert all((a in CONFLICTS[b]) == (b in CONFLICTS[a]) for a in MODES for b in MODES)
    assert sum(map(len, CONFLICTS.values())) == 38
    assert stops("AccessExclusiveLock") == "reads and writes"
    assert {mode for mode in MODES if stops(mode) == "writes"} == {*MODES[4:7]}


def held(mode: str, *, statement: int = 1, last: int = 2, new: bool = False, of: str = "") -> Held:
    return Held(
        object="public.t",
        of=of,
        mode=mode,
        statement=statement,
        last=last,
        taken=0.0,
        held=9.0,
        new=new,
    )


def traced(*locks: Held) -> Traced:
    ran = [
        Ran(number=n, line=n, text="", kind="X", alone=False, started=float(n - 1), seconds=1.0)
        for n in (1, 2)
    ]
    return Traced(
        file="a.sql",
        transactional=True,
        seconds=9.0,
        commit=0.5,
        statements=tuple(ran),
        locks=locks,
    )


def test_a_wait_is_the_statements_and_the_commit_without_the_tracing() -> None:
    (found,) = stopped(traced(held("AccessExclusiveLock")))
    assert (found.seconds, found.stops) == (2.5, "reads and writes")
    (late,) = stopped(traced(held("ShareLock", statement=2)))
    assert (late.seconds, late.stops) == (1.5, "writes")


def test_nobody_waits_for_what_the_file_itself_makes() -> None:
    assert stopped(traced(held("AccessExclusiveLock", new=True))) == ()
    assert stopped(traced(held("RowExclusiveLock"))) == ()


def test_a_lock_on_an_index_stops_who_reads_its_table() -> None:
    assert stopped(traced(held("AccessExclusiveLock", of="public.u")))[0].object == "public.u"


INT = Column(type="integer", required=False, filled=False)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"t": {"a": INT}}, ()),
        ({}, ("t is gone",)),
        ({"t": {"b": INT}}, ("t.a is gone",)),
        ({"t": {"a": Column(type="text", required=False, filled=False)}}, ("t.a is text instead",)),
        ({"t": {"a": Column(type="bigint", required=True, filled=False)}}, ()),
        (
            {"t": {"a": INT, "b": Column(type="text", required=True, filled=False)}},
            ("t.b is new and required",),
        ),
        ({"t": {"a": INT, "b": Column(type="text", required=True, filled=True)}}, ()),
    ],
)
def test_what_a_running_version_loses_is_found(
    after: dict[str, dict[str, Column]], told: tuple[str, ...]
) -> None:
    found = breaks({"t": {"a": INT}}, after)
    assert len(found) == len(told)
    assert all(text.startswith(start) for text, start in zip(found, told, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "fit"),
    [
        ("character varying(20)", "text", True),
        ("text", "character varying(20)", False),
        ("character varying(20)", "character varying(30)", True),
        ("bigint", "integer", False),
    ],
)
def test_a_wider_type_fits_and_a_narrower_does_not(old: str, new: str, fit: bool) -> None:
    assert fits(old, new) is fit


def reason(level: Level, seconds: float | None = None) -> Reason:
    return Reason(level=level, file="a.sql", told=level, seconds=seconds)


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        ((), "safe"),
        (("note",), "safe"),
        (("note", "window"), "window"),
        (("window", "invalid"), "invalid"),
        (("invalid", "unsafe", "note"), "unsafe"),
    ],
)
def test_the_worst_reason_decides(levels: tuple[Level, ...], found: str) -> None:
    assert risk([reason(level) for level in levels]) == found


def test_reasons_come_worst_first_and_the_window_is_the_longest_wait() -> None:
    given = [reason("note", 9), reason("window", 1), reason("unsafe"), reason("window", 5)]
    assert [each.level for each in ordered(given)] == ["unsafe", "window", "window", "note"]
    assert window(given) == 5


def test_a_large_production_is_tried_at_three_sizes_and_a_small_one_as_it_is() -> None:
    assert scales({"t": 500}, most=1000) == (1.0,)
    parts = scales({"t": 1_000_000, "u": 10}, most=1000)
    assert [scaled({"t": 1_000_000, "u": 10}, part) for part in parts] == [
        {"t": 1000, "u": 10},
        {"t": 1000, "u": 10},
        {"t": 1000, "u": 10},
    ]
    assert len(parts) == 3


def test_tables_with_too_few_rows_are_told_with_the_reason() -> None:
    found = lacking({"t": 10, "u": 10}, {"t": 10}, {"u": "a check"})
    assert found == {"u": "a check"}


def test_half_of_a_file_is_told_with_how_to_go_on() -> None:
    before = {("table", "t"): {"order": "a"}}
    after = {
        ("table", "t"): {"order": "a, b"},
        ("column", "t.b"): {"type": "text"},
        ("index", "t_b"): {"valid": "false"},
    }
    found = left(before, after)
    assert found == ("column t.b is there", "index t_b is there and invalid")
    assert "drop index concurrently t_b" in go_on(found, file="2026_x.sql")
    assert "--status applied 2026" in go_on(found, file="2026_x.sql")
    assert go_on((), file="2026_x.sql") == NOTHING


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("2min", 120), ("3000", 3), ("8s", 8), ("0", 0), ("500ms", 0.5), ("for ever", 0)],
)
def test_a_limit_is_read_as_postgresql_reads_it(setting: str, expected: float) -> None:
    assert seconds(setting) == expected


def wait(likely: float, high: float) -> Foreseen:
    return Foreseen(
        file="a.sql",
        object="public.t",
        stops="writes",
        mode="ShareLock",
        statement=1,
        seconds=Estimate(low=likely, likely=likely, high=high, how="measured"),
    )


def test_a_wait_is_judged_by_its_upper_end() -> None:
    assert [each.level for each in of_waits([wait(0.4, 0.6)], allowed=0.5)] == ["window"]
    assert [each.level for each in of_waits([wait(0.4, 0.6)], allowed=0.6)] == ["note"]


def test_what_production_would_cancel_is_unsafe() -> None:
    limits = {"statement_timeout": "2min"}
    assert [each.level for each in of_limits([wait(121, 150)], limits)] == ["unsafe"]
    assert of_limits([wait(119, 150)], limits) == of_limits([wait(999, 999)], {}) == ()
