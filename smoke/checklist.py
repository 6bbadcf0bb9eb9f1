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


def line_of(nodeid: str) -> str:
    """The line that a check belongs to, by the module it stands in: `test_<line>[_…].py`."""
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
