"""The run's settings for pytest, and its order; what checks are given is in given.py."""

import os

import pytest

from smoke import browser, given, own
from smoke import environment as environments
from smoke.checklist import LINES, OWN, line_of
from smoke.given import STATE
from smoke.hidden import Hidden
from smoke.journeys import seen
from smoke.mode import Mode
from smoke.recording import Recording
from smoke.selection import declare, rank
from staging.errors import ConfigurationError

collect_ignore = [] if os.environ.get(own.NAME) else ["test_own.py"]
MODES = {
    Mode.QUICK: "what a deploy waits for, in seconds",
    Mode.READONLY: "only what changes nothing: safe for production",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The modes; each can be told by SMOKE_MODE and SMOKE_STRICT_CONTRACTS, too."""
    group = parser.getgroup("smoke")
    for mode, said in MODES.items():
        group.addoption(f"--{mode}", dest="mode", action="store_const", const=mode, help=said)
    group.addoption("--strict-contracts", action="store_true", help="let no new field pass")


def pytest_configure(config: pytest.Config) -> None:
    """Record the run; pytest's own tracebacks stay off unless they are asked for."""
    config.stash[STATE] = recording = Recording(Hidden())
    config.pluginmanager.register(recording, "smoke-recording")
    config.pluginmanager.register(seen, "smoke-seen")
    config.pluginmanager.register(given, "smoke-given")  # so that checks elsewhere have it too
    if folder := os.environ.get(own.NAME):
        config.args.append(folder)
    config.addinivalue_line("markers", "part(*names): parts of the application that it takes")
    config.addinivalue_line("markers", "thorough: takes longer than a deploy can wait")
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
        config.option.reportchars = ""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Read the environment; what is wrong with it is a mistake of usage, exit code 4."""
    recording = session.config.stash[STATE]
    try:
        recording.environment = found = environments.read(
            _told(session.config), hidden=recording.hidden
        )
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    recording.again.seconds = found.patience.wake


def pytest_keyboard_interrupt() -> None:
    """At once: what is tidied up after this may take longer than the run is given."""
    browser.end_all()


def pytest_unconfigure() -> None:
    """Leave no browser behind, however the run came to its end."""
    browser.end_all()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One check for each endpoint of the application's own."""
    if "own_endpoint" in metafunc.fixturenames:
        found = metafunc.config.stash[STATE].environment
        asked = sorted(found.own.endpoints) if found else []
        metafunc.parametrize("own_endpoint", asked)


def _told(config: pytest.Config) -> dict[str, str]:
    """The environment, and over it what the command line says."""
    strict = {"SMOKE_STRICT_CONTRACTS": "1"} if config.option.strict_contracts else {}
    mode = {"SMOKE_MODE": config.option.mode} if config.option.mode else {}
    return {**os.environ, **strict, **mode}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Short checks first, while the journeys are under way; then line by line."""
    for item in items:
        declare(item, config.stash[STATE])
    names = [line.name for line in (*LINES, OWN)]
    items.sort(key=lambda item: (rank(item), names.index(line_of(item.nodeid))))
