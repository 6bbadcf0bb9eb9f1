import pytest

from staging.rules.schema import Difference, applicable, differences, objects, untouched

DUMP = """--
-- PostgreSQL database dump
--

\\restrict 4rAnD0m

SET statement_timeout = 0;
SET transaction_timeout = 0;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA public;


--
-- Name: finish(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.finish(job uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    -- a comment of its own
    update public.jobs set status = 'done';
end $$;


SET default_tablespace = '';

--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id uuid NOT NULL
);


--
-- Name: TABLE jobs; Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON TABLE public.jobs TO anon;
GRANT ALL ON TABLE public.jobs TO authenticated;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO anon;


--
-- PostgreSQL database dump complete
--

\\unrestrict 4rAnD0m
"""


def test_a_dump_is_cut_into_objects() -> None:
    assert set(objects(DUMP)) == {
        ("SCHEMA", "public"),
        ("FUNCTION", "public.finish(uuid)"),
        ("TABLE", "public.jobs"),
        ("ACL", "public.TABLE jobs"),
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("4rAnD0m", "another"),
        ("SET default_tablespace = '';", ""),
        (
            "GRANT ALL ON TABLE public.jobs TO anon;\nGRANT ALL ON TABLE public.jobs TO "
            "authenticated;",
            "GRANT ALL ON TABLE public.jobs TO authenticated;\nGRANT ALL ON TABLE public.jobs TO "
            "anon;",
        ),
        ("supabase_admin IN SCHEMA", "supabase_auth_admin IN SCHEMA"),
    ],
)
def test_what_says_nothing_is_no_difference(before: str, after: str) -> None:
    assert before in DUMP
    assert differences(objects(DUMP), objects(DUMP.replace(before, after))) == ()


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("id uuid NOT NULL", "id uuid", Difference("TABLE", "public.jobs", "different")),
        (
            "TO anon;\nGRANT",
            "TO nobody;\nGRANT",
            Difference("ACL", "public.TABLE jobs", "different"),
        ),
        ("'done'", "'gone'", Difference("FUNCTION", "public.finish(uuid)", "different")),
        ("a comment of", "another of", Difference("FUNCTION", "public.finish(uuid)", "different")),
    ],
)
def test_a_difference_is_named(before: str, after: str, found: Difference) -> None:
    assert differences(objects(DUMP), objects(DUMP.replace(before, after))) == (found,)


def test_missing_and_unexpected_objects_are_told_apart() -> None:
    beside = [("PUBLICATION TABLE", "p public.jobs", "alter …")]
    whole, less = objects(DUMP, beside), objects(DUMP)
    (missing,), (unexpected,) = differences(whole, less), differences(less, whole)
    assert (missing.what, unexpected.what) == ("missing", "unexpected")
    assert str(missing) == "publication table p public.jobs: missing"


def test_what_psql_alone_understands_is_not_applied() -> None:
    text = applicable(DUMP, ["public", "supabase_migrations"])
    assert "\\restrict" not in text
    assert "transaction_timeout" not in text
    assert "FOR ROLE supabase_admin" not in text
    assert 'create schema if not exists "supabase_migrations";' in text
    assert "CREATE TABLE public.jobs" in text


def test_a_new_project_counts_as_untouched() -> None:
    assert untouched({("SCHEMA", "public"): "", ("EXTENSION", "pgcrypto"): ""})
    assert not untouched(objects(DUMP))
