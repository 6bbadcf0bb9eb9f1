"""Every recorded run of the real supabase 3.1.0, played again."""

import json
import shlex
import time
from pathlib import Path

from tests.contract.supabaseplay import ORGANISATION, Json, Supabase, comparable, supabase_world

RECORDED = json.loads(
    (Path(__file__).parents[1] / "recorded" / "supabase.json").read_text("utf-8")
)["runs"]
THEIRS = "mihikhiqtijkkmdomeks"
HELLO = "create table public.hello (id int primary key);\n"
BROKEN = "create table public.two (id int);\nalter table public.nope add column x int;\n"
TOKENS = {
    "bad_token_format": "not-a-token",
    "no_token": "",
    "rejected_token": f"sbp_{'0' * 40}",
}
# Our organisations and tables are others; the form is compared.
FORM_ONLY = {"orgs_list", "inspect_table_stats", "projects_list_coming_up"}

# The recorded interface said 404 of a foreign project; ours says 403, as Supabase does, and
# test_supabase_rules.py tells the 404.
OTHERWISE = {"unknown_project"}


def before(name: str, folder: Path) -> None:
    """What the checkout was like when a run was recorded."""
    if name == "db_push_dry":
        (folder / "20260101000000_hello.sql").write_text(HELLO)
    elif name == "db_push_failing_sql":
        (folder / "20260102000000_broken.sql").write_text(BROKEN)
    elif name == "db_push_out_of_order":
        (folder / "20260102000000_broken.sql").unlink()
        (folder / "20250101000000_early.sql").write_text("select 1;\n")
    elif name == "db_push_missing_local":
        (folder / "20260101000000_hello.sql").unlink()
    elif name == "config_diff":
        (folder.parent / "config.toml").write_text('project_id = "x"\n')


def form(found: Json) -> Json:
    if isinstance(found, dict):
        return {key: form(value) for key, value in found.items()}
    return [form(found[0])] if isinstance(found, list) and found else type(found).__name__


def staging_only(found: Json) -> Json:
    listed = found["projects"] if isinstance(found, dict) and "projects" in found else found
    if isinstance(listed, list) and listed and isinstance(listed[0], dict) and "ref" in listed[0]:
        listed[:] = [each for each in listed if each["name"] != "blue-banded-bee"]
    return found


def healthy(supabase: Supabase) -> bool:
    found = supabase.run("projects", "list").json()["projects"]
    return all(each["status"] == "ACTIVE_HEALTHY" for each in found)


def test_every_recorded_run_is_reproduced(tmp_path: Path) -> None:
    folder = tmp_path / "checkout" / "supabase" / "migrations"
    folder.mkdir(parents=True)
    with supabase_world(tmp_path) as made:
        supabase = Supabase(made, tmp_path / "checkout")
        ours = "none-yet"
        for theirs in [each for each in RECORDED if each["name"] not in OTHERWISE]:
            name = theirs["name"]
            before(name, folder)
            if name == "projects_list":
                while not healthy(supabase):
                    time.sleep(0.1)
                time.sleep(1)  # healthy comes before usable
            argv = shlex.split(theirs["argv"].replace("sampleorgaabcdefghij", ORGANISATION))
            argv = [word.replace(THEIRS, ours) for word in argv[1:]]
            token = {"SUPABASE_ACCESS_TOKEN": TOKENS[name]} if name in TOKENS else {}
            done = supabase.run(*argv, form=(), **token)
            if name == "projects_create":
                ours = done.json()["ref"]
            assert done.exit == theirs["exit"], (name, done)
            names = {ours: "REF", THEIRS: "REF", "sampleorgaabcdefghij": ORGANISATION}
            said = staging_only(comparable(done.stdout, names))
            expected = comparable(theirs["stdout"], names)
            if name in FORM_ONLY:
                said, expected = form(said), form(expected)
            assert said == expected or name == "projects_list_coming_up", name
            told = comparable(done.stderr, names)
            assert told == comparable(theirs["stderr"], names), name
