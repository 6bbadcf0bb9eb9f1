"""Production is sacred: no verb that changes anything can be pointed at it, or at the unknown."""

import inspect
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from staging.clouds import permission, postgres
from staging.clouds.fly import Fly
from staging.clouds.permission import Permission
from staging.clouds.postgres import Address, Server
from staging.clouds.program import Program
from staging.clouds.services import ServiceSettings
from staging.clouds.supabase import Supabase
from staging.errors import Refused, ServiceFailed
from staging.inventory import AUTH, Project
from staging.operations import opening
from staging.secret import Secret
from tests.postgres import server
from tests.unit.clouds.conftest import MakeProgram, StandIn

STAGING, PRODUCTION, REF = "bee-staging", "bee", "a" * 20
MAY = Permission(
    apps={STAGING}, projects={STAGING}, production_app=PRODUCTION, production_project=PRODUCTION
)
BY_REF = Permission(projects={STAGING}, production_project=REF)
READERS: dict[type, set[str]] = {
    Fly: {
        *("version", "whoami", "regions", "app", "machines", "releases", "config", "secrets"),
        *("addresses", "certificates", "apps", "logs"),
    },
    Supabase: {
        *("version", "organisations", "projects", "keys", "pooler", "services"),
        *("advisors", "inspect"),
    },
    ServiceSettings: {"read"},
}
"""Every method that changes nothing; `services` gives an object whose methods stand here too."""

Verb = Callable[[Any, str], object]
CHANGING: dict[type, dict[str, list[Verb]]] = {
    Fly: {
        "create": [lambda f, app: f.create(app, organisation="bees")],
        "allocate": [
            lambda f, app: f.allocate(app, kind="v4"),
            lambda f, app: f.allocate(app, kind="v6"),
        ],
        "add_certificate": [lambda f, app: f.add_certificate(app, "bee.example")],
        "stage_secrets": [lambda f, app: f.stage_secrets(app, {"A": "b"})],
        "unstage_secrets": [lambda f, app: f.unstage_secrets(app, ["A"])],
        "deploy": [lambda f, app: f.deploy(app, config=Path("f"), image="i")],
        "remove": [lambda f, app: f.remove(app, "m")],
        "build": [lambda f, app: f.build(app, Path("f"), label="l")],
        "launch": [lambda f, app: launched(f, app)],
        "console": [lambda f, app: subprocess.run(f.console(app, "m", "c").argv, check=True)],
        "kill": [lambda f, app: f.kill(app, "m")],
        "start": [lambda f, app: f.start(app, "m")],
        "scale": [lambda f, app: f.scale(app, {"app": 2})],
        "destroy": [lambda f, app: f.destroy(app)],
    },
    Supabase: {
        "create": [
            lambda s, name: s.create(
                name, organisation="o", region="r", size="micro", password=Secret("p")
            )
        ],
        "reset_password": [lambda s, name: s.reset_password(project(name), Secret("p"))],
        "destroy": [lambda s, name: s.destroy(project(name))],
        "push": [lambda s, name: s.push(project(name), address("127.0.0.1", 1), Path())],
    },
    ServiceSettings: {
        "apply": [lambda s, name: s.services().apply(project(name), AUTH, {"jwt_exp": 60})]
    },
}
VERBS = [
    pytest.param(kind, verb, id=f"{kind.__name__}.{name}-{number}")
    for kind, verbs in CHANGING.items()
    for name, each in verbs.items()
    for number, verb in enumerate(each)
]


def launched(fly: Fly, app: str) -> None:
    with suppress(ServiceFailed):  # a stand-in that says nothing names no machine
        fly.launch(app, "i", "c", region="r", size="s", labels={"a": "b"})


def project(name: str, ref: str = "r" * 20) -> Project:
    return Project(
        ref=ref, name=name, organisation="o", region="x", status="s", host="h", engine="17"
    )


def wrapped(kind: type, stand_in: StandIn, may_change: Permission = MAY) -> object:
    """A wrapper whose program, and whose API, would be seen to be asked."""
    profile = stand_in.path.with_name("profile.yaml")
    profile.write_text("api_url: http://127.0.0.1:9\n")  # nobody listens: a call would fail
    env: dict[str, str | Secret] = {"PATH": "/usr/bin:/bin", "SUPABASE_PROFILE": str(profile)}
    program = Program(str(stand_in.path), env)
    if kind is Fly:
        return Fly(program, may_change=may_change)
    return Supabase(program, token=Secret("t"), may_change=may_change)


def called(stand_in: StandIn) -> bool:
    return stand_in.calls_path.exists()


@pytest.mark.parametrize("kind", READERS)
def test_each_method_of_a_wrapper_is_known_to_read_or_to_change(kind: type) -> None:
    public = {n for n, _ in inspect.getmembers(kind, inspect.isfunction) if n[0] != "_"}
    assert public == READERS[kind] | CHANGING[kind].keys()
    assert not READERS[kind] & CHANGING[kind].keys()


@pytest.mark.parametrize("name", [PRODUCTION, "Bee", "unknown", STAGING.upper(), ""])
@pytest.mark.parametrize(("kind", "verb"), VERBS)
def test_what_is_not_stagings_is_refused_before_anything_is_started(
    program: MakeProgram, kind: type, verb: Verb, name: str
) -> None:
    stand_in = program("")
    with pytest.raises(Refused) as caught:
        verb(wrapped(kind, stand_in), name)
    assert caught.value.exit_code == 5
    assert not called(stand_in)


PROMOTION = Permission(
    production_app=PRODUCTION, production_project=PRODUCTION, promotes=opening.PROMOTES
)
PROMOTES = {"deploy", "remove", "push"}


@pytest.mark.parametrize(("kind", "verb"), VERBS)
def test_a_promotion_changes_production_by_few_verbs_and_nothing_of_staging(
    program: MakeProgram, kind: type, verb: Verb
) -> None:
    stand_in = program("")
    with pytest.raises(Refused):
        verb(wrapped(kind, stand_in, may_change=PROMOTION), STAGING)
    name = next(n for n, each in CHANGING[kind].items() if verb in each)
    if name in PROMOTES:
        with suppress(ServiceFailed):  # a stand-in that says nothing is not understood
            verb(wrapped(kind, stand_in, may_change=PROMOTION), PRODUCTION)
        assert called(stand_in)
    else:
        with pytest.raises(Refused):
            verb(wrapped(kind, stand_in, may_change=PROMOTION), PRODUCTION)
        assert not called(stand_in)


def test_only_promote_may_promote() -> None:
    asking = [
        path.name
        for path in Path(opening.__file__).parents[1].rglob("*.py")
        if "promoting=True" in path.read_text("utf-8")
    ]
    assert asking == ["promote.py"]


@pytest.mark.parametrize(("kind", "verb"), VERBS)
def test_what_is_stagings_is_started(program: MakeProgram, kind: type, verb: Verb) -> None:
    """So that the refusals above are not the refusals of everything."""
    stand_in = program("")
    if kind is Fly:
        verb(wrapped(kind, stand_in), STAGING)
        assert called(stand_in)
    else:
        with suppress(ServiceFailed):  # its API has nobody listening
            verb(wrapped(kind, stand_in), STAGING)


@pytest.mark.parametrize(("kind", "verb"), VERBS)
def test_production_is_refused_where_settings_name_it_as_staging_too(
    program: MakeProgram, kind: type, verb: Verb
) -> None:
    stand_in = program("")
    both = Permission(
        apps={PRODUCTION},
        projects={PRODUCTION},
        production_app=PRODUCTION,
        production_project=PRODUCTION,
    )
    with pytest.raises(Refused, match="production's"):
        verb(wrapped(kind, stand_in, both), PRODUCTION)
    assert not called(stand_in)


@pytest.mark.parametrize(
    "verb",
    [
        lambda s, found: s.reset_password(found, Secret("p")),
        lambda s, found: s.destroy(found),
        lambda s, found: s.push(found, address("127.0.0.1", 1), Path()),
        lambda s, found: s.services().apply(found, AUTH, {"jwt_exp": 60}),
    ],
)
def test_a_project_of_stagings_name_with_productions_ref_is_refused(
    program: MakeProgram, verb: Verb
) -> None:
    stand_in = program("")
    with pytest.raises(Refused, match="production's"):
        verb(wrapped(Supabase, stand_in, BY_REF), project(STAGING, REF))  # type: ignore[arg-type]
    assert not called(stand_in)


def address(host: str, port: int = 5432, user: str = "postgres") -> Address:
    return Address(host=host, port=port, user=user, password=Secret("p"))


@pytest.mark.parametrize(
    ("staging", "production", "refused"),
    [
        (address("h"), address("h"), True),
        (address("h"), address("h", user="staging_reader"), True),
        (address("h"), address("h", 6543), False),
        (address("h"), address("other"), False),
        (address("h", user=f"postgres.{REF}"), address("h", user="reader.other"), False),
        (address("h", user=f"postgres.{REF}"), address("h", user=f"reader.{REF}"), True),
        (address("h", user="postgres"), address("h", user=f"reader.{REF}"), True),
        (address("h"), None, False),
    ],
)
def test_an_address_that_is_productions_is_refused(
    staging: Address, production: Address | None, refused: bool
) -> None:
    if refused:
        with pytest.raises(Refused):
            permission.refuse_address(staging, production)
    else:
        permission.refuse_address(staging, production)


@pytest.mark.parametrize(
    ("staging", "production", "refused"),
    [
        ((1, "noon"), (1, "one"), True),
        ((1, "noon"), (2, "one"), False),
        ((None, "noon"), (2, "one"), False),
        ((1, "noon"), (None, "one"), False),
        ((None, "noon"), (None, "one"), False),
        ((None, "noon"), (None, "noon"), True),
        ((None, "noon"), (1, "noon"), True),
    ],
)
def test_a_server_that_is_productions_is_refused(
    staging: tuple[int | None, str], production: tuple[int | None, str], refused: bool
) -> None:
    servers = [
        Server(identifier=identifier, started=started, database="postgres")
        for identifier, started in (staging, production)
    ]
    if refused:
        with pytest.raises(Refused, match="the two servers are one"):
            permission.refuse_server(*servers)
    else:
        permission.refuse_server(*servers)


@pytest.fixture(scope="module")
def database() -> Iterator[Address]:
    with server() as running:
        yield running


def test_a_connection_to_production_writes_nothing_and_ends_its_statements(
    database: Address,
) -> None:
    """Held by the server: the role could write, and does by a connection that is not read only."""
    with postgres.connect(database, read_only=False) as connection:
        connection.execute("create table kept as select 1 as one")
    for statement in (
        "create table made ()",
        "insert into kept values (2)",
        "drop table kept",
    ):
        with (
            pytest.raises(ServiceFailed) as caught,
            postgres.connect(database, read_only=True) as connection,
        ):
            connection.execute(statement.encode())
        assert "read-only transaction" in caught.value.detail
    with postgres.connect(database, read_only=True) as connection:
        limit = postgres.rows(connection, "select current_setting('statement_timeout')")
        assert limit == [(f"{postgres.STATEMENT // 60}min",)]
        assert postgres.rows(connection, "select count(*) from kept") == [(1,)]


def test_one_server_under_two_names_is_known_as_one(database: Address) -> None:
    by_name = Address(
        host="localhost", port=database.port, user=database.user, password=database.password
    )
    servers = []
    for where in (database, by_name):
        with postgres.connect(where, read_only=True) as connection:
            servers.append(postgres.server(connection))
    with pytest.raises(Refused):
        permission.refuse_server(*servers)
    assert isinstance(servers[0].identifier, int)
    assert servers[0].started == servers[1].started
