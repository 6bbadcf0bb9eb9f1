"""What is wrong between the files and two histories."""

import pytest

from staging.rules.histories import Applied, Migration, side_by_side

A, B, C = "20260101000000", "20260102000000", "20260103000000"


def one(version: str, staging: str, production: str, **files: str) -> Migration:
    """Each history as letters: which versions it has; what it kept is always `select 1`."""
    named = {"A": A, "B": B, "C": C}
    kept = {
        place: [Applied(version=named[x], name="x", text="select 1") for x in letters]
        for place, letters in (("staging", staging), ("production", production))
    }
    texts = {f"{named[letter]}_x.sql": text for letter, text in files.items()}
    found = side_by_side(texts, kept)  # type: ignore[arg-type]
    return next(each for each in found if each.version == named[version])


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        (one("A", "A", "A", A="select 1"), ""),
        (one("A", "A", "A", A="-- x\nselect  1;"), ""),
        (one("B", "AB", "A", A="select 1", B="select 1"), ""),
        (one("A", "A", "A", A="select 2"), "edited after staging and production got it"),
        (one("A", "A", "", A="select 2"), "edited after staging got it"),
        (one("A", "A", "A"), "no file here, though staging and production have it"),
        (one("B", "AC", "AC", A="select 1", B="select 1"), "out of order"),
        (one("A", "", "A", A="select 1"), "production has it and staging has not"),
    ],
)
def test_what_is_wrong_is_told(found: Migration, wrong: str) -> None:
    told = "; ".join(found.wrong)
    assert (wrong in told) if wrong else not told


def test_what_is_pending_is_told_by_place_and_is_not_wrong() -> None:
    found = one("B", "A", "A", A="select 1", B="select 1")
    assert (found.pending, found.wrong, found.time) == (
        ("staging", "production"),
        (),
        "2026-01-02 00:00:00",
    )


def test_two_files_of_one_version_are_wrong() -> None:
    files = {f"{A}_x.sql": "select 1", f"{A}_y.sql": "select 1"}
    found = side_by_side(files, {"staging": [], "production": []})
    assert "the version of 2 files" in found[0].wrong[0]


def test_a_history_that_keeps_no_statements_proves_no_edit() -> None:
    kept = [Applied(version=A, name="", text=None)]
    found = side_by_side({f"{A}_x.sql": "select 1"}, {"staging": kept, "production": kept})
    assert found[0].wrong == ()
