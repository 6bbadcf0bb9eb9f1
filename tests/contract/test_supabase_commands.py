"""What supabase 3.x does beyond the recorded runs, the stand-in and the real one alike."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.supabase.table import COMMANDS
from tests.contract.supabaseplay import (
    OF_3,
    PASSWORD,
    STAND_IN,
    Supabase,
    emptied,
    lets_in,
    project,
    usable,
)
from tests.rehearsal.worlds import World
from tests.waiting import until


@pytest.fixture(params=OF_3)
def supabase(shared: Supabase, tmp_path: Path, request: pytest.FixtureRequest) -> Supabase:
    """Each program with the shared project in a folder of the test's own, without migrations."""
    emptied(shared)
    return replace(shared, cwd=tmp_path, program=OF_3[request.param])


@pytest.fixture
def dialling(supabase: Supabase) -> Supabase:
    """The stand-in alone: the real program looks for a project's database on port 5432."""
    if supabase.program != STAND_IN:
        pytest.skip("linked databases have port 5432 for the real program")
    return supabase


def test_the_version_is_bare_or_json(supabase: Supabase) -> None:
    assert supabase.run("--version", form=()).stdout == "3.1.0\n"
    assert supabase.run("--version").json()["version"] == "3.1.0"


def test_nothing_is_deleted_without_consent_and_nobody_is_asked(supabase: Supabase) -> None:
    code, _ = supabase.run("projects", "delete", supabase.ref).failure()
    assert code == "HostedMutationConsentRequiredError"
    assert lets_in(supabase.url, PASSWORD)


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["frobnicate"], "UnknownSubcommand", 'Unknown subcommand "frobnicate" for "supabase"'),
        (["db", "x"], "UnknownSubcommand", 'Unknown subcommand "x" for "supabase db"'),
        (
            ["orgs", "list", "--nope"],
            "UnrecognizedOption",
            "Unrecognized flag: --nope in command supabase orgs list",
        ),
        (
            ["projects", "create", "a", "--org-id", "b"],
            "ProjectsCreateMissingArgError",
            "non-interactive mode requires the following to be set: --db-password, --region",
        ),
        (
            ["secrets", "list"],
            "ProjectRefNotLinkedError",
            "Cannot find project ref. Have you run supabase link?",
        ),
        (
            ["projects", "delete"],
            "ProjectsDeleteRefRequiredError",
            "accepts 1 arg(s), received 0",
        ),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    supabase: Supabase, words: list[str], code: str, text: str
) -> None:
    assert supabase.run(*words).failure() == (code, text)


def test_experimental_commands_need_the_flag(supabase: Supabase) -> None:
    code, _ = supabase.about("network-restrictions", "get").failure()
    assert code == "ExperimentalRequiredError"


def test_a_foreign_project_is_refused(supabase: Supabase) -> None:
    done = supabase.run("projects", "api-keys", "--project-ref", "abcdefghijklmnopqrst")
    code, message = done.failure()
    assert code == "ProjectsApiKeysUnexpectedStatusError"
    assert message.startswith('unexpected get api keys status 403: {"message":"Your account')


def test_secrets_are_set_from_a_file_and_listed_by_digest(supabase: Supabase) -> None:
    (supabase.cwd / "e.env").write_text('A=1\n# no\nB="two words"\n')
    done = supabase.about("secrets", "set", "--env-file", "e.env", "--yes")
    assert done.json()["count"] == 2
    listed = supabase.about("secrets", "list").json()["secrets"]
    assert [each["name"] for each in listed] == ["A", "B"]
    assert "two words" not in json.dumps(listed)
    assert supabase.about("secrets", "unset", "A", "B", "--yes").json()["names"] == ["A", "B"]


def test_a_branch_is_a_project_with_a_database_of_its_own(dialling: Supabase) -> None:
    made = dialling.about("branches", "create", "pr-1", "--yes").json()
    assert (made["name"], made["parent_project_ref"]) == ("pr-1", dialling.ref)
    branch = made["project_ref"]
    names = [each["ref"] for each in dialling.run("projects", "list").json()["projects"]]
    assert branch not in names
    url = dialling.about("branches", "get", "pr-1").json()["POSTGRES_URL"]
    until(lambda: lets_in(url))
    assert dialling.about("branches", "delete", "pr-1", "--yes").json()["project_ref"] == branch
    assert dialling.about("branches", "list").json()["branches"] == []


def test_a_migration_and_its_row_of_history_are_one(supabase: Supabase) -> None:
    supabase.migration("20260101000000_one.sql", "create table public.one ();")
    supabase.migration("20260102000000_two.sql", "create table public.two ();\nselect 1/0;")
    code, message = supabase.sql("db", "push", "--yes").failure()
    assert code == "DbPushApplyError"
    assert message == "ERROR: division by zero (SQLSTATE 22012)\nAt statement: 1\nselect 1/0"
    with supabase.connect() as connection:
        query = "select version from supabase_migrations.schema_migrations"
        assert connection.execute(query).fetchall() == [("20260101000000",)]
        two = connection.execute("select to_regclass('public.two')").fetchone()
    assert two == (None,)


def test_a_concurrent_index_leaves_what_went_before_it(supabase: Supabase) -> None:
    text = "create table public.d1 (id int);\ncreate index concurrently d1i on public.d1 (id);\n"
    supabase.migration("20260101000000_x.sql", f"{text}create table public.d2 ();\nselect 1/0;")
    assert supabase.sql("db", "push", "--yes").failure()[1].startswith("ERROR: division by zero")
    with supabase.connect() as connection:
        query = "select to_regclass('public.d1i') is not null, to_regclass('public.d2') is null"
        assert connection.execute(query).fetchone() == (True, True)


def test_statements_are_told_apart_as_postgresql_does(supabase: Supabase) -> None:
    statements = [
        "/* a; /* b; */ */ create table public.e1 (a text default 'x;y''z', \"we;ird\" int)",
        "create function public.f() returns int language sql begin atomic select 1; select 2; end",
        "do $body$ begin perform E'\\'; x'; end; $body$",
        "select 'a' -- c;",
    ]
    supabase.migration("20260101000000_x.sql", ";\n".join(statements) + "\n;\n")
    supabase.sql("db", "push", "--yes").json()
    with supabase.connect() as connection:
        query = "select statements from supabase_migrations.schema_migrations"
        assert connection.execute(query).fetchone() == (statements,)


def test_the_place_of_a_mistake_is_shown(supabase: Supabase) -> None:
    supabase.migration("20260101000000_x.sql", "create tabel public.two (id int);\n")
    _, message = supabase.sql("db", "push", "--yes").failure()
    assert message.endswith("At statement: 0\ncreate tabel public.two (id int)\n       ^")


def test_a_history_can_be_repaired_and_fetched(supabase: Supabase) -> None:
    supabase.migration("20260101000000_one.sql", "create table public.one ();")
    supabase.sql("db", "push", "--yes").json()
    repair = ("migration", "repair", "20260101000000", "--yes", "--status")
    assert supabase.sql(*repair, "reverted").json()["repairAll"] is False
    listed = supabase.sql("migration", "list").json()["migrations"]
    assert [(each["local"], each["remote"]) for each in listed] == [("20260101000000", "")]
    supabase.sql(*repair, "applied").json()
    file = supabase.cwd / "supabase" / "migrations" / "20260101000000_one.sql"
    file.unlink()
    assert supabase.sql("migration", "fetch", "--yes").json()["files"] == [str(file)]
    assert file.read_text() == "create table public.one ();\n"


def test_migration_up_applies_what_is_pending(supabase: Supabase) -> None:
    supabase.migration("20260101000000_one.sql", "create table public.one ();")
    code, _ = supabase.sql("migration", "up").failure()
    assert code == "HostedMutationConsentRequiredError"
    assert len(supabase.sql("migration", "up", "--yes").json()["applied"]) == 1


def test_a_query_prints_bare_rows(supabase: Supabase) -> None:
    text = "select 1 as one, 1.5::numeric as n, null as x, '2026-01-02'::date as d"
    done = supabase.sql("db", "query", text, "--read-only")
    row = {"d": "2026-01-02T00:00:00Z", "n": "1.5", "one": 1, "x": None}
    assert done.json() == [row]
    assert supabase.sql("db", "query", "create table q ()", "--yes").stdout == "CREATE TABLE\n"


@pytest.mark.parametrize(
    ("text", "flag", "code"),
    [
        ("select 1", "--debug", "HostedMutationConsentRequiredError"),
        ("delete from q", "--read-only", "DbQueryReadOnlyStatementError"),
        ("with a as (delete from q returning 1) table a", "--read-only", "DbQueryExecError"),
        ("select 1; select 2", "--yes", "DbQueryExecError"),
        ("select from nope", "--yes", "DbQueryExecError"),
    ],
)
def test_a_query_is_refused(supabase: Supabase, text: str, flag: str, code: str) -> None:
    with supabase.connect() as connection:
        connection.execute("create table public.q ()")
    assert supabase.sql("db", "query", text, flag).failure()[0] == code


def test_consent_may_be_exported(supabase: Supabase) -> None:
    done = supabase.sql("db", "query", "create table q ()", SUPABASE_YES="1")
    assert "Confirmed by SUPABASE_YES: Run a SQL statement on custom Postgres" in done.stderr


def test_a_linked_project_needs_no_password(dialling: Supabase) -> None:
    dialling.run("link", "--project-ref", dialling.ref).json()
    dialling.migration("20260101000000_one.sql", "create table public.one ();")
    done = dialling.run("db", "push", "--linked", "--yes", PGPASSWORD="")
    assert done.json()["migrations"] == ["20260101000000_one.sql"]
    with dialling.connect() as connection:
        query = "select tableowner from pg_tables where tablename = 'one'"
        assert connection.execute(query).fetchone() == ("postgres",)


def test_the_password_may_be_in_a_file(supabase: Supabase) -> None:
    file = supabase.cwd / "pgpass"
    file.touch(mode=0o600)
    file.write_text(f"127.0.0.1:*:*:postgres:{PASSWORD}\n")
    more = {"PGPASSWORD": "", "PGPASSFILE": str(file)}
    assert supabase.sql("migration", "list", **more).json()["migrations"] == []


@pytest.mark.parametrize(
    ("url", "password", "text"),
    [
        ("postgresql://postgres@127.0.0.1:PORT/postgres", "wrong", "(SQLSTATE 28P01))"),
        ("postgresql://postgres@127.0.0.1:PORT/nodb", PASSWORD, "(SQLSTATE 3D000))"),
        ("postgresql://postgres@127.0.0.1:1/postgres", PASSWORD, "connect ECONNREFUSED"),
        ("postgresql://postgres@nope.invalid/postgres", PASSWORD, "ENOTFOUND nope.invalid"),
    ],
)
def test_a_database_that_cannot_be_reached(
    supabase: Supabase, url: str, password: str, text: str
) -> None:
    url = url.replace("PORT", str(supabase.port))
    done = supabase.run("migration", "list", "--db-url", url, PGPASSWORD=password)
    code, message = done.failure()
    assert code == "DbConnectError"
    assert text in message


def test_advisors_see_tables_without_policies(supabase: Supabase) -> None:
    with supabase.connect() as connection:
        connection.execute("create table public.open ()")
        connection.execute("grant select on public.open to anon")
    done = supabase.sql("db", "advisors", "--fail-on", "error")
    assert done.exit == 1
    found = json.loads(done.stdout)["results"]
    assert "rls_disabled_in_public_public_open" in [each["cacheKey"] for each in found]


@pytest.mark.parametrize(
    "name",
    [name.split()[-1] for name in COMMANDS if name.startswith("inspect db ")],
)
def test_a_database_can_be_inspected(supabase: Supabase, name: str) -> None:
    done = supabase.sql("inspect", "db", name).json()
    assert done["message"] == f"inspect db {name}"
    assert isinstance(done["rows"], list)


def test_config_diff_tells_declared_from_other_differences(supabase: Supabase) -> None:
    (supabase.cwd / "supabase").mkdir()
    file = supabase.cwd / "supabase" / "config.toml"
    file.write_text('project_id = "x"\n[auth]\nsite_url = "https://a.example"\n')
    done = supabase.about("config", "diff", "--exit-code")
    assert done.exit == 2
    changes = {".".join(each["path"]): each for each in json.loads(done.stdout)["changes"]}
    assert changes["auth.site_url"]["class"] == "update"
    assert changes["db.pooler.max_client_conn"]["class"] == "remote_only"


def test_a_new_project_lets_in_whoever_waits(made: World, tmp_path: Path) -> None:
    with project(made, tmp_path, "fresh") as fresh:
        usable(fresh)
        with fresh.connect() as connection:
            connection.execute("create table public.t (id int)")
            connection.execute("alter publication supabase_realtime add table public.t")
            connection.execute("create policy p on public.t using (auth.uid() is not null)")
