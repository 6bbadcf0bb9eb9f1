"""Migrations: the files of a folder beside a database's history. Pure."""

import re
from collections.abc import Iterable

NAME = re.compile(r"(\d+)_.*\.sql")


def version(name: str) -> str | None:
    """The version that a file's name begins with; None for what is no migration."""
    found = NAME.fullmatch(name)
    return found[1] if found else None


def pending(files: Iterable[str], applied: Iterable[str]) -> tuple[str, ...]:
    """The files that the history has not, in their order."""
    known = set(applied)
    return tuple(name for name in sorted(files) if (found := version(name)) and found not in known)


def head(applied: Iterable[str]) -> str:
    """The newest version of a history; "" of an empty one."""
    return max(applied, default="")


def untried(ahead: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The versions that production will get and that no file of a trial was of."""
    tried = {version(name) for name in files}
    return tuple(each for each in ahead if each not in tried)
