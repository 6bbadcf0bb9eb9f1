"""Whether staging equals production, of what provisioning keeps equal."""

from collections.abc import Sequence
from typing import Literal

from staging.inventory import App, Project
from staging.rules.resources import Row

Verdict = Literal["pass", "fail", "invalid"]
APART = {"database password", "smoke user", "cost a month"}
"""Rows of the plan that compare nothing with production."""


def compared(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that say whether a resource is as production has it."""
    return tuple(row for row in rows if row.resource not in APART)


def differences(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows of what is otherwise, or missing."""
    return tuple(row for row in compared(rows) if row.action != "nothing")


def verdict(rows: Sequence[Row], *, app: App | None, project: Project | None) -> Verdict:
    """No app or no project: there is nothing that could be equal, which is no pass."""
    if app is None or project is None or not compared(rows):
        return "invalid"
    return "fail" if differences(rows) else "pass"
