from pathlib import Path

import pytest

from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.clouds.supabase import API, Supabase, api_address
from staging.errors import CommandFailed, NotAuthenticated, NotFound, Refused
from staging.inventory import Project
from staging.secret import Secret
from tests.unit.clouds.conftest import MakeProgram, StandIn, replayed

STAGING = "blue-banded-bee-staging"


def supabase(stand_in: StandIn) -> Supabase:
    env: dict[str, str | Secret] = {"PATH": "/usr/bin:/bin"}
    return Supabase(
        Program(str(stand_in.path), env), token=None, may_change=Permission(projects={STAGING})
    )


def project(name: str) -> Project:
    return Project(
        ref="r", name=name, organisation="o", region="x", status="s", host="h", engine="17"
    )


def test_projects_as_recorded_are_records(program: MakeProgram) -> None:
    stand_in = program(replayed("supabase", "projects_list"))
    (found,) = supabase(stand_in).projects()
    assert (found.name, found.status, found.engine) == (STAGING, "ACTIVE_HEALTHY", "17")
    assert found.host == "db.mihikhiqtijkkmdomeks.sbsample.test"
    assert stand_in.calls[0]["argv"][-4:] == ["--agent", "no", "--output-format", "json"]


def test_keys_as_recorded_are_secrets(program: MakeProgram) -> None:
    keys = supabase(program(replayed("supabase", "api_keys_reveal"))).keys("ref")
    assert keys["publishable"].reveal().startswith("sb_publishable_")
    assert keys["secret"].reveal().startswith("sb_secret_v19awKy")
    assert keys["service"].reveal().startswith("eyJ")


@pytest.mark.parametrize(
    "said", ["unknown flag: --reveal", '{"errors":[{"message":"Unrecognized flag: --reveal"}]}']
)
def test_a_program_that_knows_no_reveal_is_asked_without(program: MakeProgram, said: str) -> None:
    refusal = f"print({said!r}); sys.exit(1)"
    stand_in = program(f"if '--reveal' in sys.argv: {refusal}\n{replayed('supabase', 'api_keys')}")
    assert supabase(stand_in).keys("ref")["publishable"].reveal().startswith("sb_publishable_")


def test_masked_keys_are_not_taken_for_keys(program: MakeProgram) -> None:
    keys = supabase(program(replayed("supabase", "api_keys"))).keys("ref")
    assert "·" not in keys["secret"].reveal()


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("bad_token_format", NotAuthenticated),
        ("no_token", NotAuthenticated),
        ("rejected_token", NotAuthenticated),
        ("unknown_project", NotFound),
        ("delete_missing", NotFound),
    ],
)
def test_what_supabase_complains_of_is_told_as_our_error(
    program: MakeProgram, run: str, kind: type[CommandFailed]
) -> None:
    with pytest.raises(CommandFailed) as caught:
        supabase(program(replayed("supabase", run))).organisations()
    assert type(caught.value) is kind
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["blue-banded-bee", "unknown"])
@pytest.mark.parametrize(
    "verb",
    [
        lambda s, p: s.create(
            p.name, organisation="o", region="r", size="micro", password=Secret("p")
        ),
        lambda s, p: s.reset_password(p, Secret("p")),
        lambda s, p: s.destroy(p),
    ],
)
def test_no_verb_changes_what_is_not_stagings(verb: object, name: str) -> None:
    assert callable(verb)
    with pytest.raises(Refused):
        verb(
            Supabase(
                Program("/none", {}), token=Secret("t"), may_change=Permission(projects={STAGING})
            ),
            project(name),
        )


def test_the_api_is_where_the_profile_says(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text('name: local\napi_url: "http://127.0.0.1:1/"\n')
    assert api_address(str(profile)) == "http://127.0.0.1:1"
    assert api_address("") == api_address("supabase") == API
