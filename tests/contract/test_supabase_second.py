"""What supabase 2.x does otherwise than 3.x, seen on the real programs."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.supabaseplay import PROGRAMS, Supabase

# 2.103 insists on TLS whatever the address says, so its pushes cannot be tried here.
SECOND = {name: path for name, path in PROGRAMS.items() if name.startswith("2.122")}
pytestmark = pytest.mark.skipif(not SECOND, reason="SUPABASE_PROGRAMS names no real supabase 2.122")


@pytest.fixture(params=SECOND or ["none"])
def supabase(shared: Supabase, tmp_path: Path, request: pytest.FixtureRequest) -> Supabase:
    return replace(shared, cwd=tmp_path, program=SECOND[request.param])


def test_the_second_version_asks_for_tls_unless_told_not_to(supabase: Supabase) -> None:
    refused = supabase.run("migration", "list", "--db-url", supabase.url)
    assert refused.exit == 1
    assert "TLS" in refused.stdout + refused.stderr
    plain = f"{supabase.url}?sslmode=disable"
    assert supabase.run("migration", "list", "--db-url", plain).exit == 0


def test_the_second_version_pushes_without_being_told_to(supabase: Supabase) -> None:
    supabase.migration("20260101000000_one.sql", "create table if not exists public.one ();")
    assert supabase.run("db", "push", "--db-url", f"{supabase.url}?sslmode=disable").exit == 0
    with supabase.connect() as connection:
        found = connection.execute("select to_regclass('public.one')::text").fetchone()
    assert found == ("one",)
