"""The parts of an application: the good ones, or those that the faults of its image make."""

from asyncio import Protocol

from starlette.types import ASGIApp

from rehearsal.application.configuration import Configuration
from rehearsal.application.database import Database
from rehearsal.application.faults import SLOWER_SECONDS
from rehearsal.application.fetching import Fetcher
from rehearsal.application.gate import Gate
from rehearsal.application.people import Profiles
from rehearsal.application.tokens import Tokens
from rehearsal.application.workers import Workers
from rehearsal.application.wrong.profiles import FORGETS, Forgetful
from rehearsal.application.wrong.tokens import BELIEVES, Believing
from rehearsal.application.wrong.transport import MISJUDGES, Dying, Misjudging
from rehearsal.application.wrong.workers import FUMBLES, Clumsy


def workers(configuration: Configuration, database: Database, fetcher: Fetcher) -> Workers:
    """The pool."""
    faults, size = configuration.faults, configuration.workers
    if faults.names & FUMBLES:
        made: Workers = Clumsy(database, fetcher, size=size, faults=faults)
    else:
        made = Workers(database, fetcher, size=size, cold="cold-cache" in faults)
    made.stuck_after = configuration.stuck_after
    return made


def tokens(configuration: Configuration) -> Tokens:
    """Who checks tokens."""
    faults, auth_url = configuration.faults, configuration.auth_url
    if faults.names & BELIEVES:
        return Believing(auth_url, faults=faults, publishable_key=configuration.publishable_key)
    return Tokens(auth_url, anybody="open-door" in faults)


def profiles(configuration: Configuration, database: Database) -> Profiles:
    """Who reads and changes profiles."""
    faults = configuration.faults
    return Forgetful(database, faults) if faults.names & FORGETS else Profiles(database)


def gate(configuration: Configuration, application: ASGIApp) -> Gate:
    """What every request passes first."""
    faults, log = configuration.faults, configuration.log_level == "debug"
    slower = SLOWER_SECONDS if "slow" in faults else 0.0
    if faults.names & MISJUDGES:
        return Misjudging(application, log=log, slower=slower, faults=faults)
    return Gate(application, log=log, slower=slower)


def protocol(configuration: Configuration) -> type[Protocol] | str:
    """What reads the connections, as uvicorn takes it."""
    return Dying if "dies-now-and-then" in configuration.faults else "auto"
