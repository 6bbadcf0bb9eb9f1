"""A history of more than sixty migrations, pushed by the stand-in and by each real program."""

from dataclasses import replace
from pathlib import Path

import pytest

from staging.rules.histories import Applied, side_by_side
from tests.contract.supabaseplay import PROGRAMS, project
from tests.contract.test_supabase_push import NAME, its_project, where, wrapper
from tests.rehearsal.worlds import World
from tests.rehearsed.migrations.files import history

EMPTIED = """
drop schema if exists supabase_migrations cascade;
drop schema public cascade; create schema public;
grant usage on schema public to anon, authenticated, service_role;
"""
KEPT = "select version, name, statements from supabase_migrations.schema_migrations order by 1"


@pytest.mark.parametrize("program", PROGRAMS)
def test_all_of_it_is_pushed_and_known_again(made: World, tmp_path: Path, program: str) -> None:
    files = history()
    with project(made, tmp_path, NAME) as found:
        supabase = replace(found, cwd=tmp_path, program=PROGRAMS[program])
        with supabase.connect() as connection:
            connection.execute(EMPTIED)
        for name, text in files.items():
            supabase.migration(name, text)
        pushing = wrapper(supabase)
        mine = its_project(pushing, supabase)
        assert pushing.push(mine, where(supabase), tmp_path) == tuple(sorted(files))
        with supabase.connect() as connection:
            rows = connection.execute(KEPT).fetchall()
            invalid = "select count(*) from pg_index where not indisvalid"
            assert connection.execute(invalid).fetchone() == (0,)
    kept = [Applied(version=r[0], name=r[1], text="\n;\n".join(r[2])) for r in rows]
    standing = side_by_side(files, {"staging": kept, "production": kept})
    assert [each.version for each in standing if each.wrong or each.pending] == []
