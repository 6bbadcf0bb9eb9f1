"""What the end of a run says about how fast rows were made up."""

from collections.abc import Iterable


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Each ratio that was measured; nothing where none was."""
    return [f"seeding: {value}" for name, value in properties if name == "seeding"]
