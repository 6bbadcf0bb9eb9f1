"""Reads a workflow file as GitHub does: every scalar stays text, and no key stands twice. Pure.

YAML 1.1, as PyYAML has it, makes `on` a truth and `3.10` a number; neither is so on GitHub.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any


class Unreadable(ValueError):
    """What is no YAML, or says one thing twice."""


def read(text: str) -> dict[str, Any]:
    """The document: mappings, lists and text."""
    import yaml

    try:
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - it makes text, lists and mappings
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise Unreadable(f"{where}{error.problem}") from None
    except yaml.YAMLError as error:
        raise Unreadable(str(error).splitlines()[0]) from None
    if not isinstance(found, dict):
        raise Unreadable("it is no mapping")
    return found


@cache
def _loader() -> Any:  # noqa: ANN401 - a class of a package that is imported late
    import yaml

    class Strict(yaml.BaseLoader):
        """Of the loader that resolves no scalar: duplicates are errors."""

        def construct_mapping(
            self,
            node: yaml.MappingNode,
            deep: bool = False,  # noqa: FBT001, FBT002 - as there
        ) -> dict[Hashable, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    problem = f"{key.value} stands here twice"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    return Strict
