"""Wrong applications, started when asked for; faults that do not meet share one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.rehearsal.conftest import Application, Issuer, Start
from tests.waiting import until

Probe = Callable[[Application, Issuer], bool]
"""Whether an application is wrong in one way."""

Having = Callable[[str], Application]


@contextmanager
def having(start: Start, groups: Sequence[frozenset[str]]) -> Iterator[Having]:
    """Gives the application that has a fault."""
    with ExitStack() as stack:
        running: dict[frozenset[str], Application] = {}

        def found(fault: str) -> Application:
            group = next(group for group in groups if fault in group)
            if group not in running:
                running[group] = stack.enter_context(start(BEE_FAULTS=",".join(sorted(group))))
            return running[group]

        yield found


def crawled(
    made: Application, token: str, kind: str = "site", **wanted: Any
) -> list[dict[str, Any]]:
    """The tasks of a job that has ended."""
    job = made.job(token, kind, **wanted)["id"]
    made.ended(token, job)
    return tasks(made, token, job)


def tasks(made: Application, token: str, job: str) -> list[dict[str, Any]]:
    """A job's tasks."""
    found: list[dict[str, Any]] = made.data("GET", f"/v1/jobs/{job}/tasks?limit=100", token)[
        "tasks"
    ]
    return found


def becomes(done: Callable[[], object], *, within: float) -> bool:
    """Whether something becomes so."""
    try:
        until(done, within=within)
    except AssertionError:
        return False
    return True
