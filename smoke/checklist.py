"""The checklist that a run proves: each line is one module of checks, `test_<name>.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One promise; `name` is also the end of its module's name."""

    name: str
    title: str


LINES = (
    Line("starts", "the application starts without errors"),
    Line("database", "the database is connected"),
    Line("endpoints", "the endpoints answer as promised"),
    Line("workers", "the worker pool works off tasks"),
    Line("jobs", "jobs are made, read, cancelled and shared"),
    Line("cache", "pages are warmed in the cache"),
)

OWN = Line("own", "the application's own checks pass")
"""One more, where staging.toml names some ([smoke] checks)."""


def line_of(nodeid: str) -> str:
    """The line that a check belongs to, by the module it stands in: `test_<line>[_…].py`.

    What stands elsewhere than in smoke/ is the application's own, whatever its name.
    """
    folder = nodeid.split("::")[0].rpartition("/")[0]
    if folder not in ("", "smoke"):
        return OWN.name
    module = nodeid.split("::")[0].rsplit("test_", 1)[-1].removesuffix(".py")
    return module.partition("_")[0]


def title_of(nodeid: str) -> str:
    """A check's name as a reader sees it: the function's sentence, and its parameter."""
    function, bracket, parameter = nodeid.split("::", 1)[-1].partition("[")
    return (
        function.removeprefix("test_").replace("_", " ")
        + " " * bool(bracket)
        + (bracket + parameter)
    )
