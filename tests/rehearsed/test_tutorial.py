"""The tutorial is true: its commands end as it says, and print what it shows."""

import re

import pytest

from tests.rehearsed.checkout import ROOT, checkout
from tests.rehearsed.tutorial import FILE, Ran, Step, missing, run, steps

TUTORIAL = FILE.read_text()


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_every_command_of_the_tutorial_does_what_stands_there() -> None:
    with checkout() as made:
        for step in steps(TUTORIAL):
            ran = run(made, step)
            assert ran.code == step.code, (step.command, ran.lines)
            assert missing(step, ran) == [], (step.command, ran.lines)


def test_it_goes_from_provision_to_promote_and_shows_what_is_printed() -> None:
    found = list(steps(TUTORIAL))
    commands = " ".join(step.command for step in found)
    for word in ("provision", "smoke", "load", "deploy", "parity", "isolation", "promote"):
        assert word in commands
    assert [step.command for step in found if not step.told and "down" not in step.command] == []


def test_its_pictures_are_there_and_small() -> None:
    named = re.findall(r"!\[.+?\]\((.+?)\)", TUTORIAL)
    assert len(named) == 3
    for name in named:
        assert 0 < (ROOT / "docs" / name).stat().st_size < 150_000


def test_a_line_that_was_not_printed_is_seen() -> None:
    step = Step("x", ("5 changed in 3.2 s", "…", "all is well"))
    assert missing(step, Ran(0, ("77 changed in 1.0 s", "all is lost"))) == ["all is well"]
