"""Files of SQL are taken apart as PostgreSQL takes them apart."""

import pytest

from staging.rules.statements import Unparsed, comparable, relations, statements

FUNCTION = """-- é; not a statement
create function f() returns int language sql begin atomic select 1; select 2; end;
/* ; */ do $a$ begin perform ';'; exception when others then null; end $a$;
select 'x;y' as "a;b"
"""


def test_each_statement_is_as_it_stands_in_the_file() -> None:
    found = statements(FUNCTION)
    assert [each.kind for each in found] == ["CreateFunction", "Do", "Select"]
    assert [each.line for each in found] == [2, 3, 4]
    assert found[2].text == "select 'x;y' as \"a;b\""
    assert [each.swallows for each in found] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("create index concurrently i on t (a)", True),
        ("create index i on t (a)", False),
        ("drop index concurrently i", True),
        ("reindex index concurrently i", True),
        ("reindex (concurrently false) index i", False),
        ("reindex table t", False),
        ("reindex schema public", True),
        ("vacuum full t", True),
        ("analyze t", False),
        ("cluster", True),
        ("cluster t using i", False),
        ("alter table p detach partition q concurrently", True),
        ("alter table p detach partition q", False),
        ("refresh materialized view concurrently v", False),
        ("alter type e add value 'x'", False),
        ("alter system set work_mem = '1MB'", True),
        ("create database d", True),
    ],
)
def test_what_cannot_run_in_a_transaction_is_known(text: str, alone: bool) -> None:
    assert statements(text)[0].alone is alone


def test_what_begins_or_ends_a_transaction_is_known() -> None:
    found = statements("begin; savepoint a; rollback to a; commit; select 1")
    assert [each.ends for each in found] == [True, False, False, True, False]


def test_what_is_no_sql_is_told_with_its_line() -> None:
    with pytest.raises(Unparsed, match='line 3: syntax error at or near "selec"') as caught:
        statements("select 1;\n-- é\nselec 2;")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("select 1;", "-- why\nselect   1", True),
        ("select 'é'", "/* é */ select 'é';", True),
        ("select 1; select 2", "select 1\n;\nselect 2;", True),
        ("select 'a  b'", "select 'a b'", False),
        ("select 1", "select 2", False),
        ("", "-- nothing", True),
    ],
)
def test_comments_and_spaces_are_no_edit_and_all_else_is(one: str, other: str, same: bool) -> None:
    assert (comparable(one) == comparable(other)) is same


def test_relations_are_found_wherever_they_are_named() -> None:
    (found,) = statements("create view a.w as select * from t join b.u using (id)")
    assert set(relations(found)) == {"a.w", "t", "b.u"}
