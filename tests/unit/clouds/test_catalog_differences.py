"""Every single difference is found, named, and nothing else is told beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from staging.rules.catalog import Difference
from tests.unit.clouds import catalog_world
from tests.unit.clouds.catalog_world import World

LINES = Path(__file__).with_name("catalog_changes.txt").read_text().splitlines()
CHANGES = [line.split(" | ", 3) for line in LINES if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with catalog_world.world() as made:
        yield made


def told(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.name, each.attribute or each.what) for each in found]


def test_nothing_is_told_where_nothing_was_changed(world: World) -> None:
    assert world.after("select") == ()


@pytest.mark.parametrize(("kind", "name", "attribute", "change"), CHANGES, ids=lambda words: words)
def test_a_single_difference_is_found_and_named(
    world: World,
    record_property: Callable[[str, object], None],
    kind: str,
    name: str,
    attribute: str,
    change: str,
) -> None:
    found = told(world.after(change.replace("\\n", "\n")))
    expected = [(kind, name, attribute)]
    record_property("difference", "found" if found == expected else "missed")
    assert found == expected


def test_a_secret_in_a_difference_is_not_told(world: World) -> None:
    changes = [change for _, _, _, change in CHANGES if "api_key" in change or "hunter" in change]
    texts = [str(found) for change in changes for found in world.after(change)]
    assert len(texts) == 4
    assert not [text for text in texts if "hunter" in text]
