"""Text of schemas: what may be in one transaction, what is cut out, what looks like a secret."""

import pytest

from staging.rules.exports import dumped, sections, spelled, unfit

FIT = [
    "create index on t (a);",
    "create function f() returns void language plpgsql as $$ begin\ncommit;\nend $$;",
    "create procedure p() language plpgsql as $x$\nbegin\n  rollback;\nend $x$;",
    "create function f() returns int language sql\nbegin atomic\n select 1;\nend;",
    "insert into t values ('a\n; commit; b');",
    "-- commit;\n/* ;\nvacuum; */ select 1;",
    "create table vacuumed ();\ncreate table t (commit int);",
    "\\restrict abc\nselect 1;\n\\unrestrict abc\n",
]
UNFIT = [
    ("select 1;\nCOMMIT;", "line 2: COMMIT"),
    ("begin;\nselect 1;", "line 1: begin"),
    ("select 1; rollback;", "line 1: rollback"),
    ("start  transaction;", "line 1: start transaction"),
    ("create table t ();\n\ncreate index concurrently i on t (a);", "line 3: create index conc"),
    ("create unique index concurrently i on t (a);", "line 1: create unique index conc"),
    ("drop index concurrently i;", "line 1: drop index concurrently"),
    ("vacuum full t;", "line 1: vacuum"),
    ("alter system set work_mem = '1GB';", "line 1: alter system"),
    ("select $$ ' $$;\n\\connect other", "line 2: \\connect"),
]
SECRETS = [
    ("select 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoieCJ9.x'", {"JSON web token"}),
    ("x := 'sb_secret_abcdefgh1234'", {"API key"}),
    ("-- AKIAIOSFODNN7EXAMPLE", {"AWS key"}),
    ("'Authorization: Bearer abc123def456'", {"authorisation"}),
    ("'postgres://me:hunter22@db/x'", {"address with a password"}),
    ("options (user 'x', password 'hunter22')", {"password"}),
    ("'host=db password=hunter22'", {"password in an address"}),
    ("'https://hooks.slack.com/services/T0/B0/x'", {"address of a hook"}),
    ("-----BEGIN RSA PRIVATE KEY-----", {"private key"}),
    ("-- a bearer token of basic functionality", set()),
    ("where encrypted_password is not null", set()),
    ("'https://example.com/path@2'", set()),
]


@pytest.mark.parametrize("text", FIT)
def test_what_is_one_transaction_is_fit(text: str) -> None:
    assert unfit(text) == []


@pytest.mark.parametrize(("text", "told"), UNFIT)
def test_what_ends_a_transaction_or_cannot_be_in_one_is_told_with_its_line(
    text: str, told: str
) -> None:
    assert unfit(text)[0].startswith(told)


@pytest.mark.parametrize(("text", "kinds"), SECRETS)
def test_secrets_are_known_by_their_form(text: str, kinds: set[str]) -> None:
    assert {each.kind for each in spelled(text)} == kinds


def test_the_order_in_which_grants_were_made_makes_no_difference() -> None:
    one = "REVOKE ALL ON TABLE t FROM a;\nGRANT ALL ON TABLE t TO a;\nGRANT ALL ON TABLE t TO b;\n"
    other = (
        "REVOKE ALL ON TABLE t FROM a;\nGRANT ALL ON TABLE t TO b;\nGRANT ALL ON TABLE t TO a;\n"
    )
    assert dumped(one) == dumped(other) == one


def test_a_file_without_sections_is_all_schema() -> None:
    assert sections("create table t ();") == {"schema": "create table t ();"}
    assert sections("-- head\n-- [roles]\na;\n-- [schema]\nb;\n") == {
        "": "-- head\n",
        "roles": "\na;\n",
        "schema": "\nb;\n",
    }
