"""A checkout that cannot be written to: what only reads works, what writes says where else.

| Test | Case |
|---|---|
| both | a read-only checkout |
"""

from collections.abc import Iterator

import pytest

from tests.portability.ordinary import ordinary
from tests.portability.proof import built, give, place, smokes, under
from tests.rehearsed.checkout import Checkout


@pytest.fixture
def sealed() -> Iterator[Checkout]:
    """A checkout in which this user may write nothing."""
    with place() as made:
        outside = made.root.parent.with_name("outside")
        outside.mkdir()
        words = ordinary(outside.parent)
        give(outside)
        folders = [made.root, *(each for each in made.root.rglob("*") if each.is_dir())]
        for each in folders:  # root's, or ours and sealed
            each.chmod(0o555)
        yield under(made, *words, HOME=str(outside))
        under(made, REHEARSAL_HOME=str(outside / "world")).run("rehearsal", "down", "--erase")
        for each in folders:
            each.chmod(0o755)


def test_a_read_only_checkout_says_what_it_cannot_keep_and_what_to_do(sealed: Checkout) -> None:
    listed = sealed.run("invoke", "--list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert sealed.run("nox", "--list").returncode == 0
    assert sealed.run("invoke", "rehearsal.status").returncode == 3
    for words in (["provision"], ["provision", "--dry-run"], ["status"], ["rehearsal.up"]):
        done = sealed.run("invoke", *words)
        assert done.returncode == (1 if words == ["rehearsal.up"] else 3), done.stderr
        assert "Permission denied" in done.stderr
        assert "Export REHEARSAL_HOME" in done.stderr
        assert "Traceback" not in done.stderr
    assert sealed.processes() == set()


def test_a_read_only_checkout_builds_the_mirror_with_its_state_elsewhere(sealed: Checkout) -> None:
    outside = sealed.root.parent.with_name("outside")
    made = under(sealed, REHEARSAL_HOME=str(outside / "world"))
    refused = made.run("invoke", "provision")
    assert refused.returncode == 4, refused.stderr
    assert "Export STAGING_HOME" in refused.stderr
    assert made.run("invoke", "provision", "--dry-run").returncode == 2
    made = under(made, STAGING_HOME=str(outside / "kept"), REPORTS=str(outside / "reports"))
    built(made)
    smokes(made)
    assert (outside / "reports" / "smoke.json").exists()
    done = made.run("invoke", "rehearsal.down", "--erase")
    assert done.returncode == 0, done.stderr
    assert made.processes() == set()
    assert sorted(each.name for each in outside.iterdir()) == ["kept", "reports"]
