from staging.rules.schema import applicable

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


def test_what_psql_alone_understands_is_not_applied() -> None:
    text = applicable(DUMP, ["public", "supabase_migrations"])
    assert "\\restrict" not in text
    assert "transaction_timeout" not in text
    assert "FOR ROLE supabase_admin" not in text
    assert 'create schema if not exists "supabase_migrations";' in text
    assert "CREATE TABLE public.jobs" in text
