"""A PostgreSQL server that tests of the application stop and start."""

import itertools
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg

from rehearsal import ports
from rehearsal.supabase import binaries
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PASSWORD = "the-database's-secret"
_numbers = itertools.count(1)


class Postgres:
    """A server that can go away and come back; it has what a Supabase project is born with."""

    def __init__(self, folder: Path, *, born: bool = False) -> None:
        self.runner = binaries.runner()
        self.tools = binaries.reachable(binaries.find(None), by=self.runner, copies=folder)
        self.folder, self.port = folder, ports.free()
        self.data = folder / "data"
        self.data.mkdir()
        self.runner.owns(self.data)
        words = ["--no-sync", "-U", "supabase_admin", "-A", "trust", "--encoding=UTF8"]
        made = [str(self.tools / "initdb"), "-D", str(self.data), *words, "--locale=C"]
        subprocess.run(
            made, user=self.runner.name, cwd="/", check=True, capture_output=True, timeout=60
        )
        hba = (
            "host all supabase_admin 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        )
        (self.data / "pg_hba.conf").write_text(hba)
        self.start()
        self.admin((ROOT / "rehearsal" / "supabase" / "birth.sql").read_bytes())
        self.admin(b"alter role postgres login password 'the-database''s-secret'")
        if born:  # a database besides, in which nobody has made anything yet
            self.admin(b"create database born template postgres owner postgres")
        for file in sorted((ROOT / "rehearsal" / "schema").glob("*.sql")):
            with psycopg.connect(self._url("postgres"), connect_timeout=5) as connection:
                connection.execute(file.read_bytes())

    def fresh(self) -> str:
        """A database of its own, with the schema and no rows: its address."""
        name = f"fresh_{next(_numbers)}"
        self.admin(f"create database {name} template postgres owner postgres".encode())
        return self._url(name)

    def _url(self, database: str) -> str:
        password = PASSWORD.replace("'", "%27")
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        words = ["-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        words += ["-c", "unix_socket_directories=", "-c", "wal_level=logical"]
        self._process = subprocess.Popen(
            [str(self.tools / "postgres"), "-D", str(self.data), *words],
            user=self.runner.name,
            cwd="/",
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self._answers(), within=20)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(20)

    def admin(self, statements: bytes) -> None:
        # Those of birth.sql are for the database postgres; it must be free to be copied afterwards.
        name = "template1" if statements.startswith((b"create database", b"select")) else "postgres"
        to = f"postgresql://supabase_admin@127.0.0.1:{self.port}/{name}"
        with psycopg.connect(to, connect_timeout=5, autocommit=True) as connection:
            connection.execute(statements)

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.admin(b"select 1")
            return True
        return False


def listens(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False
