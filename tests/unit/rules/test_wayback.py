"""What a way back means for the verdict."""

from typing import Any

import pytest

from staging.rules.wayback import Compared, WayBack, reverse

FILES = ("1_a.sql", "2_b.sql")


def back(**more: Any) -> WayBack:
    known: dict[str, Any] = {"how": "down", "files": FILES, "rows": 10}
    return WayBack(**{**known, "forward_seconds": 0.1, "back_seconds": 0.2, **more})


def table(**more: Any) -> Compared:
    return Compared(**{"table": "public.a", "before": 10, "after": 10, **more})


@pytest.mark.parametrize(
    ("found", "levels", "told"),
    [
        (back(tables=(table(),)), ["note"], "by the files that undo it, in 0.20 s on 10 rows"),
        (back(how="restore", keep_seconds=0.5), ["note"], "written in between is lost"),
        (back(tables=(table(lost=3),)), ["unsafe", "note"], "loses 3 of 10 rows"),
        (back(tables=(table(changed={"b": 4}),)), ["unsafe", "note"], "loses 4 values of b"),
        (back(tables=(table(added=2),)), ["unsafe", "note"], "leaves 2 rows that nobody had"),
        (back(schema=("index public.b is gone",)), ["unsafe", "note"], "index public.b is gone"),
        (back(failed="2_b.sql", error="no"), ["unsafe"], "The way back fails: no"),
        (back(error="no"), ["invalid"], "the way forward fails: no"),
        (back(files=()), ["invalid"], "there is no migration"),
    ],
)
def test_what_is_lost_is_against_it(found: WayBack, levels: list[str], told: str) -> None:
    assert [reason.level for reason in found.reasons] == levels
    assert told in found.reasons[0].told


def test_rows_and_values_are_summed() -> None:
    found = back(tables=(table(lost=3, changed={"b": 4, "c": 1}), table(lost=1)))
    assert (found.rows_lost, found.values_lost) == (4, 5)


@pytest.mark.parametrize(
    ("found", "blind"),
    [
        (back(rows=0), 1),
        (back(tables=(table(before=0),)), 1),
        (back(how="restore", tables=(table(before=0),)), 0),
        (back(tables=(table(),)), 0),
    ],
)
def test_tables_without_rows_tell_nothing(found: WayBack, blind: int) -> None:
    assert len(found.blind) == blind


def test_files_are_undone_from_the_last_on_and_only_if_each_can_be() -> None:
    assert reverse(FILES, dict.fromkeys(FILES, "")) == ("2_b.sql", "1_a.sql")
    assert reverse(FILES, {"1_a.sql": ""}) == ()
    assert reverse((), {}) == ()
