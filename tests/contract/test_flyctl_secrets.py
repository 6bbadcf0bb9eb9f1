"""What `secrets import` keeps, and what it loses without a word."""

import pytest

from tests.contract.flyworlds import Fly


def digests(fly: Fly, stdin: str) -> dict[str, str]:
    fly.ok("secrets", "import", "--stage", "--app", fly.app, stdin=stdin)
    return {each["name"]: each["digest"] for each in fly.json("secrets", "list")}


def digest(fly: Fly, value: str) -> str:
    """What the platform shows for a value that flyctl was given with nothing to read into it."""
    fly.ok("secrets", "set", "--stage", "WHOLE=-", "--app", fly.app, stdin=value)
    listed = {each["name"]: each["digest"] for each in fly.json("secrets", "list")}
    return str(listed["WHOLE"])


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("A=abc#def", "abc"),
        ('A="abc"', "abc"),
        ("A='abc'", "abc"),
        ('A="abc#def"', "abc#def"),
        ('A="""abc#def"""', "abc#def"),
        ('A="""  edges  """', "  edges  "),
        ('A="""-----BEGIN KEY-----\nabc\n-----END KEY-----\n"""', None),
        ('A=""""""', ""),
        ("A=", ""),
        ('A="a"b"', "a"),
        ("A=postgresql://u:p@h/db?x=1", "postgresql://u:p@h/db?x=1"),
    ],
)
def test_a_value_is_stored_as_flyctl_reads_it(fly: Fly, line: str, stored: str | None) -> None:
    expected = line.removeprefix('A="""').removesuffix('"""') if stored is None else stored
    assert digests(fly, line + "\n") == {"A": digest(fly, expected)}


def test_a_line_over_64_kib_drops_itself_and_all_after_it(fly: Fly) -> None:
    found = digests(fly, f"A=1\nB={'x' * 70_000}\nC=3\n")
    assert list(found) == ["A"]


def test_an_unterminated_fence_is_dropped(fly: Fly) -> None:
    assert list(digests(fly, 'A=1\nB="""never\nC=3\n')) == ["A"]


def test_a_malformed_line_is_printed_whole(fly: Fly) -> None:
    done = fly.run("secrets", "import", "--stage", "-a", fly.app, stdin="hunter2\n")
    assert done.returncode == 1
    assert "(hunter2 is invalid)" in done.stderr


def test_staged_secrets_reach_a_machine_only_by_a_deploy(deployed: Fly) -> None:
    deployed.ok("secrets", "set", "A=1", "--stage", "-a", deployed.app)
    machine = deployed.machines()[0]["id"]
    deployed.ok("machine", "restart", machine, "-a", deployed.app)
    assert deployed.get().json()["A"] is None
    assert deployed.json("secrets", "list")[0]["status"] == "Staged"
    deployed.ok("secrets", "deploy", "-a", deployed.app)
    assert deployed.get().json()["A"] == "1"
    assert deployed.json("secrets", "list")[0]["status"] == "Deployed"


def test_unset_without_stage_restarts_and_makes_a_release(deployed: Fly) -> None:
    deployed.ok("secrets", "set", "A=-", "-a", deployed.app, stdin="from stdin")
    assert deployed.get().json()["A"] == "from stdin"
    deployed.ok("secrets", "unset", "A", "-a", deployed.app)
    assert deployed.get().json()["A"] is None
    assert deployed.releases() == ["complete"] * 3


def test_secrets_deploy_needs_machines(fly: Fly) -> None:
    assert fly.run("secrets", "deploy", "-a", fly.app).returncode == 1


@pytest.mark.parametrize(("length", "kept"), [(65_535, ["A", "B", "C"]), (65_536, ["A"])])
def test_a_line_and_its_end_fit_into_64_kib(fly: Fly, length: int, kept: list[str]) -> None:
    line = "B=" + "x" * (length - 2)
    assert list(digests(fly, f"A=1\n{line}\nC=3\n")) == kept


def test_a_malformed_line_changes_nothing(fly: Fly) -> None:
    done = fly.run("secrets", "import", "--stage", "-a", fly.app, stdin="A=1\nhunter2\n")
    assert done.returncode == 1
    assert fly.json("secrets", "list") == []


def test_nothing_to_import_is_an_error(fly: Fly) -> None:
    done = fly.run("secrets", "import", "--stage", "-a", fly.app, stdin="# nothing\n\n")
    assert done.returncode == 1
    assert "requires at least one SECRET=VALUE pair" in done.stderr


def test_a_value_never_shows_in_what_is_printed(fly: Fly) -> None:
    words = ("secrets", "import", "--stage", "-a", fly.app)
    done = fly.run(*words, stdin="A=hunter22\n")
    listed = fly.run("secrets", "list", "-a", fly.app, "--json")
    assert "hunter22" not in done.stdout + done.stderr + listed.stdout


def test_staging_makes_no_release_and_restarts_nothing(deployed: Fly) -> None:
    before = deployed.machines()[0]["instance_id"]
    digests(deployed, "A=1\n")
    deployed.ok("secrets", "unset", "--stage", "A", "-a", deployed.app)
    assert deployed.json("secrets", "list") == []
    assert deployed.machines()[0]["instance_id"] == before
    assert deployed.releases() == ["complete"]


def test_a_deploy_that_stops_half_way_leaves_a_secret_partial(deployed: Fly) -> None:
    deployed.ok("scale", "count", "app=2", "--yes", "-a", deployed.app)
    digests(deployed, "A=1\n")
    assert deployed.deploy("crash").returncode == 1
    assert [each["status"] for each in deployed.json("secrets", "list")] == ["Partial"]


def test_listed_secrets_are_names_digests_and_states(fly: Fly) -> None:
    digests(fly, "A=1\nB=2\n")
    found = fly.json("secrets", "list")
    assert [each.keys() for each in found] == [{"name", "digest", "status"}] * 2
    assert {each["status"] for each in found} == {"Staged"}
