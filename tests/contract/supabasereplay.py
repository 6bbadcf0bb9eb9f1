"""The recorded runs of the real supabase, played again by any program in a world of its own."""

import json
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.contract.supabaseplay import (
    ORGANISATION,
    STAND_IN,
    Json,
    Run,
    Supabase,
    comparable,
    supabase_world,
)

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


class Replayed(NamedTuple):
    """A recorded run, what the program does now, and how both look when compared."""

    name: str
    done: Run
    theirs: tuple[Json, ...]
    ours: tuple[Json, ...]


def play(tmp_path: Path, program: str = STAND_IN) -> Iterator[Replayed]:
    """Each recorded run in its order, in a new world and checkout below the folder."""
    folder = tmp_path / "checkout" / "supabase" / "migrations"
    folder.mkdir(parents=True)
    with supabase_world(tmp_path) as made:
        supabase = Supabase(made, tmp_path / "checkout", program=program)
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
            yield compared(theirs, done, {ours: "REF", THEIRS: "REF"})


def compared(theirs: Json, done: Run, refs: dict[str, str]) -> Replayed:
    """Exit code, stdout and stderr of both, without what is made up."""
    name, names = theirs["name"], {**refs, "sampleorgaabcdefghij": ORGANISATION}
    said = staging_only(comparable(done.stdout, names))
    expected = comparable(theirs["stdout"], names)
    if name in FORM_ONLY:
        said, expected = form(said), form(expected)
    if name == "projects_list_coming_up":  # ours may be healthy by then
        said = expected
    told, meant = comparable(done.stderr, names), comparable(theirs["stderr"], names)
    return Replayed(name, done, (theirs["exit"], expected, meant), (done.exit, said, told))
