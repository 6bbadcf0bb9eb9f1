"""Two runs that change one environment: one waits, or gives up and names the other."""

import json
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from staging.clouds.advisory import KEY
from tests.survival.faults import Misbehaviour
from tests.survival.survival import (
    NAME,
    Place,
    begun,
    connected,
    one_of_each,
    place,
    survives,
    told,
)

if TYPE_CHECKING:
    import psycopg

SLOW = Misbehaviour("flyctl", ("deploy",), "slow", seconds=4)


def test_of_two_provisions_at_once_one_waits_and_both_complete() -> None:
    with place() as where:
        first = begun(where, SLOW.environment(where.aside))
        until_locked(where)
        second = where.provision()
        _, said = first.communicate(timeout=90)
        assert first.returncode == 0, said
        assert second.returncode == 0, second.stderr
        assert "Nothing to do" in second.stdout
        assert "Waiting up to 60 s for " in second.stderr
        assert "invoke provision, since " in second.stderr
        one_of_each(where)


def test_a_second_run_gives_up_with_the_holders_name_and_reason() -> None:
    with place() as where:
        where.made.edit("[objectives]", "[lock]\nwait_seconds = 0.5\n\n[objectives]")
        first = begun(where, SLOW.environment(where.aside))
        until_locked(where)
        second = where.provision()
        assert second.returncode == 5, second.stderr
        told(where, second, says="invoke provision, since 20")
        assert f"process {first.pid}" in second.stderr
        _, said = first.communicate(timeout=90)
        assert first.returncode == 0, said
        survives(where)


def test_another_machine_is_seen_by_its_lock_in_the_database() -> None:
    with place() as where:
        assert where.provision().returncode == 0
        where.made.edit("[objectives]", "[lock]\nwait_seconds = 0.5\n\n[objectives]")
        with connected(where) as other:
            other.execute("set application_name = 'ann@laptop invoke deploy'")
            other.execute("select pg_advisory_lock(%s)", (KEY,))
            for task in ("provision", f"destroy --confirm {NAME}", f"deploy --image {NAME}:x"):
                refused = where.made.run("invoke", *task.split())
                assert refused.returncode == 5, refused.stderr
                assert "It is ann@laptop invoke deploy, since 20" in refused.stderr
        survives(where)


def test_a_killed_holder_of_the_databases_lock_holds_nobody_up() -> None:
    with place() as where:
        assert where.provision().returncode == 0
        (where.made.root / "fly.staging.toml").unlink()
        slow = Misbehaviour("flyctl", ("secrets", "list"), "slow", nth=2, seconds=30)
        first = begun(where, slow.environment(where.aside))
        with connected(where) as other:
            until(lambda: held(other))
            first.send_signal(signal.SIGKILL)
            first.communicate(timeout=20)
            until(lambda: not held(other))
        survives(where)
        lines = (where.made.root / ".staging" / "audit.jsonl").read_text().splitlines()
        assert [json.loads(line)["outcome"] for line in lines][1] == "killed"


def until_locked(where: Place) -> None:
    file = where.made.root / ".staging" / "lock"
    until(lambda: file.exists() and "provision" in file.read_text())


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def held(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    query = "select application_name from pg_locks join pg_stat_activity using (pid)"
    found = connection.execute(f"{query} where locktype = 'advisory'").fetchall()
    return any("invoke provision" in str(row[0]) for row in found)
