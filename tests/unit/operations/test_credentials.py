import json
import stat
from dataclasses import replace
from pathlib import Path

from staging import settings
from staging.inventory import StoredSecret
from staging.operations.credentials import Credentials
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.environment import Environ

ROOT = Path(__file__).parents[3]
NOTHING = Environ({}, {}, ".env")


def kept(root: Path) -> Settings:
    return replace(settings.load(ROOT), root=root)


def test_a_password_is_written_down_for_this_user_only_and_stays_the_same(tmp_path: Path) -> None:
    first = Credentials(kept(tmp_path), NOTHING).ensure_password()
    file = tmp_path / ".staging" / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert Credentials(kept(tmp_path), NOTHING).ensure_password() == first


def test_a_password_that_is_given_is_not_written(tmp_path: Path) -> None:
    given = Environ({"STAGING_DB_PASSWORD": "given-one"}, {}, ".env")
    assert Credentials(kept(tmp_path), given).ensure_password() == Secret("given-one")
    assert not (tmp_path / ".staging").exists()


def test_the_smoke_users_password_follows_from_the_databases(tmp_path: Path) -> None:
    found = Credentials(kept(tmp_path), NOTHING)
    email, password = found.smoke_user(Secret("one"))
    assert email == "smoke@blue-banded-bee-staging.example"
    assert found.smoke_user(Secret("one"))[1] == password != found.smoke_user(Secret("two"))[1]


def test_an_unchanged_value_is_known_and_a_changed_one_too(tmp_path: Path) -> None:
    found = Credentials(kept(tmp_path), NOTHING)
    stored = StoredSecret(name="KEY", digest="opaque", status="Deployed")
    assert not found.unchanged(stored, "value")
    found.remember({"KEY": stored}, {"KEY": "value"})
    assert found.unchanged(stored, "value")
    assert not found.unchanged(stored, "another")
    assert not found.unchanged(replace(stored, digest="moved"), "value")
    assert "value" not in json.loads((tmp_path / ".staging/credentials.json").read_text()).values()


def test_environments_do_not_share_what_is_kept(tmp_path: Path) -> None:
    one = kept(tmp_path)
    other = replace(one, target=replace(one.target, name="cloud"))
    first = Credentials(one, NOTHING).ensure_password()
    assert Credentials(other, NOTHING).ensure_password() != first
    Credentials(other, NOTHING).forget()
    assert Credentials(other, NOTHING).password() is None
    assert Credentials(one, NOTHING).password() == first
