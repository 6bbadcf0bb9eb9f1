"""What every check is given; the run's settings for pytest, and its order."""

import os
from collections.abc import Callable, Iterator

import pytest

from smoke import access as signing_in
from smoke import environment as environments
from smoke.access import Access
from smoke.checklist import LINES, line_of
from smoke.client import Client
from smoke.endings import Endings
from smoke.endpoints import ENDPOINTS
from smoke.environment import Environment
from smoke.hidden import Hidden
from smoke.journeys import seen
from smoke.journeys.itinerary import LATE, Lacking, begin, endpoints
from smoke.journeys.walk import Journeys, Traveller
from smoke.ledger import Ledger
from smoke.parts import LEFT_OUT, TRAITS, Parts
from smoke.recording import NOTE, PART, SECONDS, Recording
from smoke.waking import Waking, connected, wake
from staging.errors import ConfigurationError
from staging.secret import Secret

HEALTH = "GET /health/db"
FIRST = "test_the_environment_answers"
SILENT = "the environment does not answer"
NO_DOMAIN = "no SMOKE_CRAWL_DOMAIN was given, a site that the application may crawl"
STATE = pytest.StashKey[Recording]()


def pytest_configure(config: pytest.Config) -> None:
    """Record the run; pytest's own tracebacks stay off unless they are asked for."""
    config.stash[STATE] = recording = Recording(Hidden())
    config.pluginmanager.register(recording, "smoke-recording")
    config.pluginmanager.register(seen, "smoke-seen")
    config.addinivalue_line("markers", "part(*names): parts of the application that it takes")
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
        config.option.reportchars = ""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Read the environment; what is wrong with it is a mistake of usage, exit code 4."""
    recording = session.config.stash[STATE]
    try:
        found = environments.read(os.environ, hidden=recording.hidden)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    recording.url, recording.reports, recording.parts = found.url, found.reports, found.parts


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Short checks first, while the journeys are under way; then line by line."""
    for item in items:
        _declare(item, config.stash[STATE].parts)
    names = [line.name for line in LINES]
    items.sort(key=lambda item: (_rank(item), names.index(line_of(item.nodeid))))


def _declare(item: pytest.Item, parts: Parts) -> None:
    """Note which part a check proves; leave it out before anything is asked, if it is known."""
    marked = [name for mark in item.iter_markers("part") for name in mark.args]
    params = getattr(getattr(item, "callspec", None), "params", {})
    asked = [str(params[name]) for name in ("endpoint", "request_") if name in params]
    fixtures = getattr(item, "fixturenames", ())
    walked = [endpoints(name) for name in set(fixtures) & set(LATE)]
    proves = [name for name in marked if name in TRAITS]
    proves += asked if "ledger" in fixtures else []
    item.user_properties += [(PART, name) for name in proves]
    gone = any(needed and parts.lacks(needed) == needed for needed in walked)
    if gone or parts.lacks([*marked, *asked]):
        item.add_marker(pytest.mark.skip(reason=LEFT_OUT))


def _rank(item: pytest.Item) -> int:
    needed = set(getattr(item, "fixturenames", ()))
    callspec = getattr(item, "callspec", None)
    if callspec and "ledger" in needed:
        needed.add(getattr(callspec.params.get("endpoint"), "journey", ""))
    return max((LATE.index(name) + 1 for name in needed & set(LATE)), default=0)


@pytest.fixture(scope="session")
def recording(pytestconfig: pytest.Config) -> Recording:
    """The record of this run, that the hooks write."""
    return pytestconfig.stash[STATE]


@pytest.fixture(scope="session")
def hidden(recording: Recording) -> Hidden:
    """Every secret of the run."""
    return recording.hidden


@pytest.fixture(scope="session")
def environment(hidden: Hidden) -> Environment:
    """What the run was told."""
    return environments.read(os.environ, hidden=hidden)


@pytest.fixture(scope="session")
def ledger(environment: Environment) -> Ledger:
    """Every answer, judged."""
    return Ledger(environment.parts)


@pytest.fixture(scope="session")
def waking(environment: Environment) -> Waking:
    """The first answer of the environment, waited for."""
    client = Client(url=environment.url, ledger=Ledger())
    return wake(client, seconds=environment.patience.wake)


@pytest.fixture(autouse=True)
def _awake(request: pytest.FixtureRequest, waking: Waking) -> None:
    """Run nothing but the first check, and how TLS is spoken, against what does not answer."""
    alone = request.node.name == FIRST or request.node.path.stem == "test_starts_tls"
    if waking.problem and not alone:
        pytest.skip(SILENT)


@pytest.fixture(scope="session")
def access(
    environment: Environment, hidden: Hidden, waking: Waking, lines_of_nobody: Client
) -> Access:
    """The token, or why there is none; without a database every call of a user would wait."""
    if waking.problem:
        return Access(lacking=SILENT)
    if not any(environment.parts.has(e.request) for e in ENDPOINTS.values() if e.guarded):
        return Access(lacking=LEFT_OUT)
    if environment.parts.has(HEALTH) and not connected(lines_of_nobody.afresh()):
        return Access(lacking="the application has no database")
    return signing_in.obtain(environment, hidden=hidden)


@pytest.fixture(scope="session")
def token(access: Access) -> Secret:
    """The smoke user's bearer token; without one a check is not run."""
    if access.token is None:
        pytest.skip(access.lacking)
    return access.token


@pytest.fixture(scope="session")
def domain(environment: Environment) -> str:
    """The site that may be crawled; without one a check is not run."""
    if environment.domain is None:
        pytest.skip(NO_DOMAIN)
    return environment.domain


@pytest.fixture(scope="session")
def database(environment: Environment) -> Secret:
    """The environment's own connection string; without one a check is not run."""
    if environment.database is None:
        pytest.skip("no STAGING_DATABASE_URL was given")
    return environment.database


@pytest.fixture(scope="session")
def lines_of_nobody(environment: Environment, ledger: Ledger) -> Client:
    """The caller that all others are made of, so that they share connections."""
    return Client(url=environment.url, ledger=ledger)


@pytest.fixture
def nobody(lines_of_nobody: Client) -> Client:
    """A caller without a token, from an address of this check alone."""
    return lines_of_nobody.afresh()


@pytest.fixture
def client(nobody: Client, token: Secret) -> Client:
    """The smoke user, from an address of this check alone."""
    return nobody.bearing(token)


@pytest.fixture
def lasted(request: pytest.FixtureRequest) -> Callable[[float], None]:
    """Tell how long the work took that a check judges, if it went on before the check began."""
    return lambda seconds: request.node.user_properties.append((SECONDS, seconds))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Put information beside a check that passes."""
    return lambda said: request.node.user_properties.append((NOTE, said))


@pytest.fixture(scope="session", autouse=True)
def journeys(
    lines_of_nobody: Client,
    environment: Environment,
    access: Access,
    hidden: Hidden,
    recording: Recording,
) -> Iterator[Journeys]:
    """All journeys, begun before the first check; at the end everything made is ended."""
    journeys, endings = Journeys(), Endings()
    caller = lines_of_nobody.bearing(access.token)

    def traveller() -> Traveller:
        return Traveller(
            client=caller.afresh(),
            environment=environment,
            endings=endings,
            stopped=journeys.stopped,
        )

    domain = "" if environment.domain else NO_DOMAIN
    lacking = Lacking(all=access.lacking, domain=domain, parts=environment.parts)
    begin(journeys, traveller, hidden=hidden, lacking=lacking)
    yield journeys
    journeys.end()
    recording.left = endings.run()
