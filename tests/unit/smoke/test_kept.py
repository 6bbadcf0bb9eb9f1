"""The token of an earlier run, once it has expired."""

import base64
import json
import time
from pathlib import Path

from smoke.kept import expired, keep
from staging.secret import Secret


def token(*, ends_in: float) -> Secret:
    claims = json.dumps({"exp": int(time.time() + ends_in)}).encode()
    return Secret(f"e30.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.c2ln")


def test_a_token_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    keep(tmp_path / "token", token(ends_in=3600))
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_it_is_of_no_use_before_it_has_expired(tmp_path: Path) -> None:
    keep(tmp_path / "token", token(ends_in=3600))
    assert expired(tmp_path / "token") is None


def test_it_is_used_once_it_has_surely_expired(tmp_path: Path) -> None:
    keep(tmp_path / "token", old := token(ends_in=-600))
    found = expired(tmp_path / "token")
    assert found is not None
    assert found.reveal() == old.reveal()


def test_it_is_not_used_while_a_clock_may_be_wrong_about_it(tmp_path: Path) -> None:
    keep(tmp_path / "token", token(ends_in=-60))
    assert expired(tmp_path / "token") is None


def test_one_that_ripens_is_not_replaced(tmp_path: Path) -> None:
    keep(tmp_path / "token", first := token(ends_in=60))
    keep(tmp_path / "token", token(ends_in=3600))
    assert (tmp_path / "token").read_text() == first.reveal()


def test_one_that_is_spent_makes_room(tmp_path: Path) -> None:
    keep(tmp_path / "token", token(ends_in=-600))
    keep(tmp_path / "token", fresh := token(ends_in=3600))
    assert (tmp_path / "token").read_text() == fresh.reveal()


def test_without_a_file_or_with_rubbish_there_is_none(tmp_path: Path) -> None:
    assert expired(tmp_path / "token") is None
    (tmp_path / "token").write_text("rubbish é")
    assert expired(tmp_path / "token") is None
    keep(tmp_path / "nowhere" / "token", token(ends_in=3600))  # no more than that is lost
    assert not (tmp_path / "nowhere").exists()
