"""What every check is given, ours and the application's own."""

from collections.abc import Callable, Iterator

import pytest

from smoke import access as signing_in
from smoke.access import Access
from smoke.client import Client
from smoke.endings import Endings
from smoke.environment import Environment
from smoke.hidden import Hidden
from smoke.journeys.itinerary import Lacking, begin
from smoke.journeys.walk import Journeys, Traveller
from smoke.kept import keep
from smoke.ledger import Ledger
from smoke.mode import Mode
from smoke.parts import LEFT_OUT
from smoke.recording import NOTE, SECONDS, Recording
from smoke.removal import remove
from smoke.waking import Waking, connected, wake
from staging.rules.endpoints import ENDPOINTS
from staging.secret import Secret

HEALTH = "GET /health/db"
FIRST = "test_the_environment_answers"
SILENT = "the environment does not answer"
NO_DOMAIN = "no SMOKE_CRAWL_DOMAIN was given, a site that the application may crawl"
STATE = pytest.StashKey[Recording]()


@pytest.fixture(scope="session")
def recording(pytestconfig: pytest.Config) -> Recording:
    """The record of this run, that the hooks write."""
    return pytestconfig.stash[STATE]


@pytest.fixture(scope="session")
def hidden(recording: Recording) -> Hidden:
    """Every secret of the run."""
    return recording.hidden


@pytest.fixture(scope="session")
def environment(recording: Recording) -> Environment:
    """What the run was told."""
    found = recording.environment
    assert found is not None
    return found


@pytest.fixture(scope="session")
def ledger(environment: Environment, recording: Recording) -> Ledger:
    """Every answer, judged."""
    return Ledger(
        environment.parts,
        strict=environment.strict,
        exchanges=recording.exchanges,
        own=environment.own,
    )


@pytest.fixture(scope="session")
def waking(environment: Environment) -> Waking:
    """The first answer of the environment, waited for."""
    client = Client(url=environment.url, ledger=Ledger(), mode=environment.mode)
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
def lines_of_nobody(environment: Environment, ledger: Ledger, recording: Recording) -> Client:
    """The caller that all others are made of, so that they share connections."""
    return Client(url=environment.url, ledger=ledger, mode=environment.mode, again=recording.again)


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
    ledger: Ledger,
    recording: Recording,
) -> Iterator[Journeys]:
    """All journeys, begun before the first check; at the end everything made is ended."""
    journeys, endings = Journeys(), Endings()
    caller = lines_of_nobody.bearing(access.token)
    other = lines_of_nobody.bearing(access.other) if access.other else None

    def traveller() -> Traveller:
        return Traveller(
            client=caller.afresh(),
            other=other.afresh() if other else None,
            environment=environment,
            endings=endings,
            stopped=journeys.stopped,
        )

    domain = "" if environment.domain else NO_DOMAIN
    lacking = Lacking(
        all=access.lacking, domain=domain, parts=environment.parts, mode=environment.mode
    )
    begin(journeys, traveller, hidden=recording.hidden, lacking=lacking)
    yield journeys
    recording.pictures = journeys.found("pictures") or []
    journeys.end()
    recording.left = endings.run() + remove(environment, endings)
    recording.coverage = ledger.coverage()
    if environment.kept and access.token and environment.mode is not Mode.READONLY:
        keep(environment.kept, access.token)
