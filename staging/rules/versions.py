"""Which versions of the two programs the contract tests have been run with."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


def warning(program: str, found: tuple[int, ...]) -> str:
    """What to know about a version outside of those tested; empty within them."""
    known = versions_tested()[program]
    if min(known) <= found <= max(known):
        return ""
    newer = "newer" if found > max(known) else "older"
    named = ", ".join(map(dotted, known))
    return f"{program} {dotted(found)} is {newer} than the versions tested ({named})"


@cache
def versions_tested() -> dict[str, tuple[tuple[int, ...], ...]]:
    """Versions by program, oldest first: staging/schemas/programs.json, which CI installs too."""
    table = json.loads(files("staging").joinpath("schemas/programs.json").read_text("utf-8"))
    return {program: tuple(map(_parts, versions)) for program, versions in table.items()}


def dotted(version: Iterable[int]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
