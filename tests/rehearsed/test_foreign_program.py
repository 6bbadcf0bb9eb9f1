"""A program that is not ours in any way is mirrored, deployed and brought back."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from rehearsal import ports
from smoke.parts import LEFT_OUT, NOT_TOLD
from tests.rehearsed.checkout import Checkout, checkout
from tests.rehearsed.smoke_world import until_it_listens

UNGUARDED = "not without_a_token and not bad_token"
FOREIGN = Path(__file__).with_name("foreign")
IMAGE = "registry.fly.io/corner-shop:{}"
EXTENSIONS = {
    "uuid-ossp": "extensions",
    "pgcrypto": "extensions",
    "citext": "extensions",
    "pg_trgm": "public",
    "hstore": "public",
}


def contrib() -> Path | None:
    """The programs of a PostgreSQL with contrib's extensions; the newest of several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name))
    if named := shutil.which("pg_config"):
        found.append(Path(told(named, "--bindir")))
    whole = [f for f in found if all((f / name).exists() for name in ("initdb", "pg_dump"))]
    return next((f for f in reversed(whole) if extensible(f)), None)


def extensible(programs: Path) -> bool:
    folder = Path(told(str(programs / "pg_config"), "--sharedir"), "extension")
    return all((folder / f"{name}.control").exists() for name in EXTENSIONS)


def told(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=10).stdout.strip()


@pytest.fixture(scope="module")
def shop() -> Iterator[Checkout]:
    """A checkout in which somebody has put their own program, and whose mirror is built."""
    postgres = contrib()
    if shutil.which("node") is None:
        pytest.skip("node, which runs the program, is not installed")
    if postgres is None:
        pytest.skip("no PostgreSQL with contrib is installed (apt-get install postgresql)")
    with checkout() as made:
        shutil.copytree(FOREIGN, made.root / "shop")
        settings = (FOREIGN / "staging.toml").read_text().replace("POSTGRES", str(postgres))
        (made.root / "staging.toml").write_text(settings)
        done = made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr + done.stdout
        yield made
        assert made.run("rehearsal", "down", "--erase").returncode == 0
        assert made.processes() == set()


def health(shop: Checkout) -> dict[str, Any]:
    status = json.loads(shop.run("invoke", "status", "--json").stdout)
    answer = requests.get(status["app"]["url"] + "/health", timeout=10)
    found: dict[str, Any] = answer.json()
    return found


def test_its_extensions_and_tables_are_in_stagings_database(shop: Checkout) -> None:
    url = shop.run("invoke", "database.url").stdout.strip()
    with psycopg.connect(url, connect_timeout=10) as connection:
        query = """select extname, nspname from pg_extension
                   join pg_namespace n on n.oid = extnamespace"""
        found: dict[str, str] = dict(connection.execute(query).fetchall())
        assert {name: found.get(name) for name in EXTENSIONS} == EXTENSIONS
        connection.execute("insert into public.customers (email) values ('A@shop.example')")
        same = "select count(*) from public.customers where email = 'a@SHOP.example'"
        assert connection.execute(same).fetchone() == (1,)
        connection.rollback()


def test_a_second_provision_finds_nothing_to_do(shop: Checkout) -> None:
    done = shop.run("invoke", "provision")
    assert done.returncode == 0, done.stderr
    assert "Nothing to do" in done.stdout


def test_it_gets_the_environment_that_a_machine_gives(shop: Checkout) -> None:
    found = health(shop)
    assert found["environment"] == "staging"
    wanted = {"APP_NAME", "MACHINE_ID", "ALLOC_ID", "MACHINE_VERSION", "REGION", "IMAGE_REF"}
    wanted |= {"PROCESS_GROUP", "PRIVATE_IP", "VM_MEMORY_MB"}
    assert set(found["machine"]) == {f"FLY_{name}" for name in wanted} | {"PRIMARY_REGION"}


def test_a_release_that_is_none_is_refused_with_those_that_are(shop: Checkout) -> None:
    done = shop.run("invoke", "rollback", "--to", "99")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "not known to Fly" in done.stderr
    assert "Complete are" in done.stderr


@pytest.mark.nightly
def test_another_version_is_deployed_and_rolled_back(shop: Checkout) -> None:
    refused = shop.run("invoke", "rollback")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "no earlier release" in refused.stderr
    done = shop.run("invoke", "deploy", "--image", IMAGE.format("two"))
    assert done.returncode == 0, done.stderr
    assert health(shop)["version"] == "2.0.0"
    back = shop.run("invoke", "rollback", "--json")
    assert back.returncode == 0, back.stderr
    assert health(shop)["version"] == "1.0.0"
    assert json.loads(back.stdout)["release"] == 1
    audit = (shop.root / ".staging" / "audit.jsonl").read_text().splitlines()
    journal = [(line["command"], line["outcome"].split(":")[0]) for line in map(json.loads, audit)]
    assert journal[-3:] == [("rollback", "failed"), ("deploy", "done"), ("rollback", "done")]
    again = shop.run("invoke", "rollback", "--to", "2")
    assert again.returncode == 0, again.stderr
    assert "Recovered in" in again.stdout
    assert health(shop)["version"] == "2.0.0"
    digest = json.loads(shop.run("invoke", "status", "--json").stdout)["machines"][0]["digest"]
    by_digest = f"{IMAGE.partition(':')[0]}@{digest}"
    assert shop.run("invoke", "deploy", "--image", by_digest).returncode == 0
    other = shop.run("invoke", "rollback")  # not to the same image under its other name
    assert other.returncode == 0, other.stdout
    assert health(shop)["version"] == "1.0.0"
    assert shop.run("invoke", "rollback", "--to", "2").returncode == 0


def test_smoke_passes_on_what_it_has_and_counts_what_is_left_out(shop: Checkout) -> None:
    done = shop.run("nox", "-s", "smoke")
    assert done.returncode == 0, done.stdout
    lines = report(shop)["lines"]
    checks = [check for line in lines for check in line["checks"]]
    left = [check for check in checks if check["outcome"] == "not run"]
    reasons = Counter(check["reason"] for check in left)
    assert set(reasons) <= {LEFT_OUT, NOT_TOLD}
    assert f"not run: {reasons[LEFT_OUT]} checks: {LEFT_OUT}" in done.stdout
    told = {line["name"]: line["verdict"] for line in lines}
    passed = dict.fromkeys(("starts", "endpoints"), "pass")
    assert told == passed | dict.fromkeys(("database", "workers", "jobs", "cache"), "left out")


def test_smoke_fails_on_a_broken_part_wherever_it_runs(shop: Checkout) -> None:
    with served(SHOP_VERSION="3.0.0", SHOP_BROKEN_PAGE="yes") as url:
        done = shop.run("nox", "-s", "smoke", env={"STAGING_BASE_URL": url})
    assert done.returncode == 1, done.stdout
    found = report(shop)
    failed = [
        c["name"] for line in found["lines"] for c in line["checks"] if c["reason"][:4] == "GET "
    ]
    assert "endpoint keeps its contract [GET /]" in failed
    assert found["verdict"] == "fail"


def test_smoke_without_a_token_passes_where_only_open_parts_are_named(shop: Checkout) -> None:
    with served(SHOP_VERSION="1.0.0") as url:
        done = shop.run("nox", "-s", "smoke", env={"STAGING_BASE_URL": url})
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("only", ["GET /v1/usage", "GET /health, tables", "POST /v1/jobs"])
def test_smoke_proves_nothing_of_a_part_that_it_cannot_reach(shop: Checkout, only: str) -> None:
    with served(SHOP_VERSION="1.0.0") as url:
        named = {"SMOKE_ONLY": only, "SMOKE_SERVICE": "corner-shop"}
        environment = {"STAGING_BASE_URL": url, **named}
        done = shop.run("pytest", "smoke", "-q", "-k", UNGUARDED, env=environment)
    assert done.returncode == 6, done.stdout
    assert f"not proved: {only.rpartition(', ')[2]}, which staging.toml names" in done.stdout


def test_a_part_that_nobody_knows_is_a_mistake_with_the_nearest_name(shop: Checkout) -> None:
    shop.edit('"GET /health", "HEAD', '"GET /heatlh", "HEAD')
    try:
        told = [shop.run("invoke", "status"), shop.run("nox", "-s", "smoke")]
    finally:
        shop.edit('"GET /heatlh", "HEAD', '"GET /health", "HEAD')
    for done in told:
        assert done.returncode == 4, done.stdout + done.stderr
        assert 'did you mean "GET /health"' in done.stdout + done.stderr


def report(shop: Checkout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shop.root / "reports" / "smoke.json").read_text())
    return found


@contextmanager
def served(**env: str) -> Iterator[str]:
    """The program without any cloud, at an address of its own."""
    port = ports.free()
    given = {"PATH": os.environ["PATH"], "PORT": str(port), "DATABASE_URL": "none", **env}
    process = subprocess.Popen(["node", str(FOREIGN / "server.js")], env=given)
    try:
        until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
