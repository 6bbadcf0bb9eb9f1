"""What a bundle says of a way back."""

from dataclasses import replace

import pytest

from staging.rules.bundles import Bundle, differing, failed, failing, of_digests, of_release

GOOD = Bundle(
    app="bee",
    release=3,
    image="r/bee@sha256:a",
    tagged="r/bee:3",
    digest="sha256:a",
    config={},
    secrets={"A": "1", "B": "2"},
    migration="20260101",
    at="2026-11-01T10:00:00+00:00",
    who="me",
    command="invoke deploy",
    verdict="pass",
)
BAD = replace(GOOD, release=4, digest="sha256:b", verdict="fail", at="2026-11-02T10:00:00+00:00")


def test_a_release_is_found_by_its_number_and_its_image() -> None:
    assert of_release([GOOD, BAD], 4) is BAD
    assert of_release([GOOD], 4) is None
    assert of_digests([GOOD, BAD], {"sha256:a"}) == {3}
    assert failed([GOOD, BAD]) == {4}


@pytest.mark.parametrize(
    ("kept", "digest", "migration", "known"),
    [
        ([GOOD, BAD], "sha256:b", "20260101", True),
        ([GOOD, BAD], "sha256:b", "20260202", False),  # not tried on that schema
        ([GOOD, BAD], "sha256:a", "20260101", False),
        ([replace(BAD, verdict="")], "sha256:b", "20260101", False),
        ([BAD, replace(BAD, verdict="pass", at="2026-11-03")], "sha256:b", "20260101", False),
        ([BAD, replace(BAD, verdict="pass", at="2026-11-01")], "sha256:b", "20260101", True),
    ],
)
def test_the_newest_judgement_of_an_image_on_a_schema_counts(
    kept: list[Bundle], digest: str, migration: str, known: bool
) -> None:
    assert (failing(kept, digest, migration) is not None) is known


@pytest.mark.parametrize(
    ("secrets", "migration", "told"),
    [
        ({"A": "1", "B": "2"}, "20260101", ()),
        ({"A": "1", "B": "9"}, "20260101", ("secret B: it has another value",)),
        ({"A": "1"}, "20260101", ("secret B: it ran with it, and it is no longer set",)),
        ({"A": "1", "B": "2", "C": "3"}, "20260101", ("secret C: it ran without it",)),
        ({"A": "1", "B": "2"}, "20260202", ("schema: it ran on migration 20260101",)),
        ({"A": "1", "B": "2"}, "", ()),  # it could not be asked: nothing is claimed
    ],
)
def test_what_is_not_as_it_was_is_told_with_what_it_means(
    secrets: dict[str, str], migration: str, told: tuple[str, ...]
) -> None:
    found = differing(GOOD, secrets=secrets, migration=migration)
    assert len(found) == len(told)
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))
