"""A program that is not ours in any way is mirrored, deployed and brought back."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from tests.rehearsed.checkout import Checkout, checkout

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
        said = subprocess.run([named, "--bindir"], capture_output=True, text=True, timeout=10)
        found.append(Path(said.stdout.strip()))
    whole = [f for f in found if (f / "initdb").exists() and (f / "pg_dump").exists()]
    return whole[-1] if whole else None


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
    told = [(line["command"], line["outcome"].split(":")[0]) for line in map(json.loads, audit)]
    assert told[-3:] == [("rollback", "failed"), ("deploy", "done"), ("rollback", "done")]
    again = shop.run("invoke", "rollback", "--to", "2")
    assert again.returncode == 0, again.stderr
    assert "Not restored, as they are: configuration, secrets and database." in again.stdout
    assert health(shop)["version"] == "2.0.0"
