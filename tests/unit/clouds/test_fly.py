from pathlib import Path

import pytest

from staging.clouds.fly import Fly, import_line
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.errors import (
    CommandFailed,
    NameTaken,
    NotAuthenticated,
    NotFound,
    Refused,
    StagingError,
)
from staging.inventory import Guest
from staging.secret import Secret
from tests.unit.clouds.conftest import MakeProgram, StandIn, replayed

APP = "blue-banded-bee-staging"
DIGEST = "sha256:798067dcf6e2ff73cee899564649ba78392fb30a30f03bf4b8e3d9064f31f90d"


def fly(stand_in: StandIn) -> Fly:
    env: dict[str, str | Secret] = {"PATH": "/usr/bin:/bin", "FLY_API_TOKEN": Secret("FlyV1 fm2_t")}
    return Fly(Program(str(stand_in.path), env), may_change=Permission(apps={APP}))


def test_secrets_travel_by_stdin_only(program: MakeProgram) -> None:
    stand_in = program("")
    fly(stand_in).stage_secrets(APP, {"DATABASE_URL": Secret("postgres://u:p#1@h/d"), "A": "b"})
    (call,) = stand_in.calls
    assert call["argv"] == ["secrets", "import", "--stage", "--app", APP]
    assert call["stdin"] == 'DATABASE_URL="""postgres://u:p#1@h/d"""\nA="""b"""\n'


def test_a_failed_import_never_shows_a_secret(program: MakeProgram) -> None:
    stand_in = program("sys.exit('(KEY hunter22 is invalid)')")
    with pytest.raises(CommandFailed) as caught:
        fly(stand_in).stage_secrets(APP, {"KEY": Secret("hunter22")})
    assert "hunter22" not in str(caught.value) + caught.value.output


@pytest.mark.parametrize("value", ['a"b', "x" * 70_000])
def test_a_value_that_flyctl_would_spoil_is_refused(value: str) -> None:
    with pytest.raises(StagingError, match="KEY"):
        import_line("KEY", Secret(value))


def test_traces_go_nowhere_and_the_token_only_into_the_environment(program: MakeProgram) -> None:
    stand_in = program(replayed("flyctl", "whoami"))
    assert fly(stand_in).whoami() == "dev@example.com"
    (call,) = stand_in.calls
    assert call["env"]["FLY_TRACE_COLLECTOR_URL"] == "127.0.0.1"
    assert call["env"]["FLY_API_TOKEN"] == "FlyV1 fm2_t"
    assert "fm2_t" not in " ".join(call["argv"])


def test_machines_as_recorded_are_records(program: MakeProgram) -> None:
    (machine,) = fly(program(replayed("flyctl", "machine_list"))).machines(APP)
    assert (machine.state, machine.region, machine.process_group) == ("started", "syd", "app")
    assert machine.guest == Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
    assert machine.image == f"registry.fly.io/blue-banded-bee@{DIGEST}"
    assert machine.tagged == "registry.fly.io/blue-banded-bee:deployment-01"


def test_an_app_as_recorded_is_a_record(program: MakeProgram) -> None:
    app = fly(program(replayed("flyctl", "status"))).app(APP)
    assert (app.url, app.organisation, app.version) == (f"https://{APP}.fly.dev", "bees", 1)


def test_secrets_and_addresses_as_recorded_are_records(program: MakeProgram) -> None:
    found = fly(program(replayed("flyctl", "secrets_list"))).secrets(APP)
    assert [(s.name, s.status) for s in found] == [
        ("DATABASE_URL", "Staged"),
        ("LOG_LEVEL", "Staged"),
    ]
    assert fly(program(replayed("flyctl", "ips_list"))).addresses(APP) == ("v6", "v6", "shared_v4")


def test_releases_as_recorded_are_records_newest_first(program: MakeProgram) -> None:
    found = fly(program(replayed("flyctl", "releases_after_checked_unhealthy"))).releases(APP)
    images = [(r.version, r.status, r.image.rpartition("/")[2]) for r in found]
    assert images == [
        (2, "failed", "blue-banded-bee:unhealthy"),
        (1, "complete", "blue-banded-bee:deployment-01"),
    ]
    assert (found[1].id, found[1].created_at) == (
        "rel_3a15ba1d8ce354b1",
        "2026-11-22T23:25:02.551Z",
    )


@pytest.mark.parametrize("answer", ["null", "[]"])
def test_an_app_never_deployed_has_no_release(program: MakeProgram, answer: str) -> None:
    assert fly(program(f"print({answer!r})")).releases(APP) == ()


@pytest.mark.parametrize("answer", ["", "{}x", "[{}]", '[{"config": null}]', "[3]", '{"a"'])
def test_an_answer_of_unknown_form_is_an_error(program: MakeProgram, answer: str) -> None:
    with pytest.raises(CommandFailed, match="unknown form"):
        fly(program(f"print({answer!r})")).machines(APP)


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("status_missing_app", NotFound),
        ("machine_list_missing_app", NotFound),
        ("deploy_missing_image", NotFound),
        ("whoami_no_token", NotAuthenticated),
        ("apps_list_bad_token", NotAuthenticated),
        ("apps_create_taken", NameTaken),
        ("deploy_crash", CommandFailed),
        ("deploy_checked_unhealthy", CommandFailed),
        ("deploy_release_command_fails", CommandFailed),
    ],
)
def test_what_flyctl_complains_of_is_told_as_our_error(
    program: MakeProgram, run: str, kind: type[CommandFailed]
) -> None:
    with pytest.raises(CommandFailed) as caught:
        fly(program(replayed("flyctl", run))).deploy(APP, config=Path("f"), image="i")
    assert type(caught.value) is kind
    assert caught.value.remedy
    assert "exited with" not in caught.value.problem


@pytest.mark.parametrize("app", ["blue-banded-bee", "unknown", ""])
@pytest.mark.parametrize(
    "verb",
    [
        lambda f, app: f.create(app, organisation="bees"),
        lambda f, app: f.allocate(app, kind="v4"),
        lambda f, app: f.allocate(app, kind="v6"),
        lambda f, app: f.stage_secrets(app, {"A": "b"}),
        lambda f, app: f.deploy(app, config=Path("f"), image="i"),
        lambda f, app: f.destroy(app),
    ],
)
def test_no_verb_changes_what_is_not_stagings(verb: object, app: str) -> None:
    assert callable(verb)
    with pytest.raises(Refused) as caught:  # /none: a program that was started would fail otherwise
        verb(Fly(Program("/none", {}), may_change=Permission(apps={APP})), app)
    assert caught.value.exit_code == 5
