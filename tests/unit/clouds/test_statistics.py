"""What leaves production as a profile: how much and how often, never what."""

import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from staging.clouds import postgres, statistics
from staging.clouds.postgres import Address
from staging.inventory.tables import TableProfile
from tests.unit.databases import Databases, all_rows, databases, open_

PLANTED = ("planted-7f3a", "eve@planted.example", "918273645", "1999-07-13", "4815.1623", "42.125")
TABLE = """
create type mood as enum ('sad', 'happy');
create table public.people (
    id bigint generated always as identity primary key, name text, mail text, salary integer,
    born date, balance numeric, seen timestamptz, doc jsonb, tags text[], height float8,
    mood mood, state text check (state in ('open', 'shut')), here boolean
);
insert into people (name, mail, salary, born, balance, seen, doc, tags, height, mood, state, here)
select case when n % 3 = 0 then 'planted-7f3a' else 'name ' || n end,
       case when n % 3 = 0 then 'eve@planted.example' else n || '@x.example' end,
       case when n % 3 = 0 then 918273645 else n end,
       date '1999-07-13' + case when n % 3 = 0 then 0 else n end,
       case when n % 3 = 0 then 4815.1623 else n end,
       timestamptz '1999-07-13 01:02:03+00' + n / 500 * interval '1 s',
       '{"k": "planted-7f3a"}', array['planted-7f3a'],
       case when n % 3 = 0 then 42.125 else n end,
       case when n % 4 = 0 then 'happy' else 'sad' end::mood,
       case when n % 5 = 0 then 'shut' end, n % 2 = 0
from generate_series(1, 1000) n
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Databases]:
    with databases() as found:
        yield found


@pytest.fixture(scope="module")
def analyzed(server: Databases) -> Address:
    where = server.made(TABLE)
    with open_(where) as connection:
        connection.execute("analyze people")
    return where


def profile(where: Address) -> dict[str, TableProfile]:
    with postgres.connect(where, read_only=True) as connection:
        return {table.name: table for table in statistics.read(connection)}


@pytest.mark.parametrize("planted", PLANTED)
def test_no_value_of_a_row_is_in_a_profile(analyzed: Address, planted: str) -> None:
    kept = all_rows(analyzed, "select * from pg_stats where tablename = 'people'")
    assert planted in str(kept), "the server's statistics hold it, so it could have leaked"
    assert planted not in json.dumps([asdict(table) for table in profile(analyzed).values()])


def test_words_that_the_schema_has_are_told_with_how_often_they_are_met(analyzed: Address) -> None:
    columns = profile(analyzed)["public.people"].columns
    assert columns["mood"].labels == {"happy": 0.25, "sad": 0.75}
    assert columns["here"].labels == {"f": 0.5, "t": 0.5}
    assert columns["state"].labels == {"shut": 0.2}
    assert columns["name"].labels == columns["salary"].labels == {}


def test_a_profile_tells_rows_nulls_distinct_values_and_frequencies(analyzed: Address) -> None:
    table = profile(analyzed)["public.people"]
    assert (table.rows, table.source) == (1000, "statistics")
    assert table.analyzed
    assert table.table_bytes > 100_000
    assert table.columns["state"].null_fraction == 0.8
    assert table.columns["id"].distinct == -1
    assert table.columns["salary"].frequencies[0] == pytest.approx(0.333, abs=0.001)


def test_tables_that_nobody_analyzed_are_said_to_be_so(server: Databases) -> None:
    where = server.made(
        "create table empty (n int); create table filled (n int); "
        "insert into filled select generate_series(1, 10)"
    )
    found = profile(where)
    assert (found["public.empty"].rows, found["public.empty"].source) == (0, "no page on disk")
    assert "never analyzed" in found["public.filled"].source
    assert found["public.filled"].columns == {}


def test_partitions_are_counted_as_their_table(server: Databases) -> None:
    where = server.made(
        "create table log (at int, kind text) partition by range (at);"
        "create table log_1 partition of log for values from (0) to (100);"
        "create table log_2 partition of log for values from (100) to (200);"
        "insert into log select n, 'x' from generate_series(0, 199) n; analyze log"
    )
    found = profile(where)
    assert list(found) == ["public.log"]
    assert found["public.log"].rows == 200
    assert found["public.log"].columns["kind"].distinct == 1
