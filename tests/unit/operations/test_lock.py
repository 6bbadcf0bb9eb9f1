import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from staging import settings
from staging.clouds import limits
from staging.clouds.postgres import Address, connect, rows
from staging.errors import ConfigurationError, Refused, ServiceFailed
from staging.operations import lock
from staging.operations.journal import changing
from staging.settings import Settings
from tests.postgres import server

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def database() -> Iterator[Address]:
    with server() as where:
        yield where


def here(folder: Path, *, wait: float = 0.0) -> Settings:
    return replace(settings.load(ROOT), root=folder, lock_seconds=wait)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / ".staging/audit.jsonl").read_text().splitlines()]


def test_a_change_is_on_record_with_who_what_and_how_it_ended(tmp_path: Path) -> None:
    with changing(here(tmp_path), "deploy") as change:
        change.note("machines", "update", "one → two")
    with pytest.raises(ServiceFailed), changing(here(tmp_path), "deploy"):
        raise ServiceFailed("Fly is away.")
    done, failed = lines(tmp_path)
    assert done["who"] == lock.who()
    assert (done["command"], done["outcome"]) == ("deploy", "done")
    assert done["changes"] == [{"resource": "machines", "action": "update", "detail": "one → two"}]
    assert failed["outcome"] == "failed: Fly is away."


def test_whoever_comes_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        changing(here(tmp_path), "deploy"),
        pytest.raises(Refused, match=f"invoke deploy, since 20.*process {os.getpid()}"),
        changing(here(tmp_path), "provision"),
    ):
        pass


def test_a_killed_holder_holds_nobody_up_and_is_put_on_record(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from staging.operations import lock\n"
        "with lock.of_checkout(Path(sys.argv[1]), 'deploy', patience=0): os.kill(os.getpid(), 9)"
    )
    (tmp_path / ".staging").mkdir(mode=0o700)
    argv = [sys.executable, "-c", program, str(tmp_path / ".staging" / "lock")]
    assert subprocess.run(argv, cwd=ROOT, timeout=30).returncode == -9
    with changing(here(tmp_path), "provision"):
        pass
    assert [line["outcome"] for line in lines(tmp_path)] == ["killed", "done"]
    assert [line["command"] for line in lines(tmp_path)] == ["deploy", "provision"]


def test_the_databases_lock_is_seen_by_all_with_its_holder(database: Address) -> None:
    first, waited = lock.of_database(database, "deploy", patience=0)
    assert not waited
    with pytest.raises(Refused, match=r"invoke deploy, since 20\d\d-"):
        lock.of_database(database, "provision", patience=0.5)
    first.close()
    second, waited = lock.of_database(database, "provision", patience=5)
    second.close()


def test_the_databases_lock_leaves_no_transaction_open(database: Address) -> None:
    held, _ = lock.of_database(database, "deploy", patience=0)
    with connect(database, read_only=True) as other:
        query = "select state from pg_stat_activity where application_name like '%deploy'"
        assert rows(other, query) == [("idle",)]
    held.close()


def test_a_database_that_is_away_leaves_the_lock_of_the_checkout(
    tmp_path: Path, database: Address
) -> None:
    with changing(here(tmp_path), "deploy") as change:
        assert not change.hold(replace(database, port=1))
    assert lines(tmp_path)[0]["outcome"] == "done"


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf"])
def test_a_factor_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.NAME, text)
    with pytest.raises(ConfigurationError, match="STAGING_TIMEOUT_FACTOR"):
        limits.limit(1)


def test_a_factor_makes_every_limit_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.NAME, "3")
    assert limits.limit(20) == 60
