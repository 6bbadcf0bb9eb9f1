"""What `secrets import` keeps, and what it loses without a word."""

import hashlib

import pytest

from tests.contract.flyworlds import Fly


def digests(fly: Fly, stdin: str) -> dict[str, str]:
    fly.ok("secrets", "import", "--stage", "--app", fly.app, stdin=stdin)
    return {each["name"]: each["digest"] for each in fly.json("secrets", "list")}


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


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
        ("A=postgresql://u:p@h/db?x=1", "postgresql://u:p@h/db?x=1"),
    ],
)
def test_a_value_is_stored_as_flyctl_reads_it(fly: Fly, line: str, stored: str | None) -> None:
    expected = line.removeprefix('A="""').removesuffix('"""') if stored is None else stored
    assert digests(fly, line + "\n") == {"A": digest(expected)}


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
