"""The runbook has an entry for each alarm, drill and exit code, and none for what there is not."""

import re
from pathlib import Path

import pytest

from staging import errors, settings
from staging.operations.drills import catalogue
from staging.rules.alerts import usual

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
LOADED = settings.load(ROOT)
DRILLS = {drill.name for drill in catalogue.drills(LOADED)}
SECTIONS = {
    "Alarms": {rule.name for rule in usual(LOADED)},
    "Drills": {name for name in DRILLS if not name.startswith("image-")} | {"broken-images"},
    "Exit codes": {str(code) for name, code in vars(errors).items() if name.isupper()},
}


def entries(section: str) -> dict[str, str]:
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("section", SECTIONS)
def test_each_has_an_entry_and_nothing_else_has(section: str) -> None:
    assert set(entries(section)) == SECTIONS[section]


@pytest.mark.parametrize("section", ["Alarms", "Drills"])
def test_an_entry_says_what_is_seen_why_and_what_to_do(section: str) -> None:
    for name, told in entries(section).items():
        words = ("**You see**", "**Why**", "**do**") if name != "broken-images" else ()
        assert all(word.lower() in told.lower() for word in words), name


def test_every_command_that_it_names_there_is() -> None:
    from tasks import namespace

    named = set(re.findall(r"`?invoke ([a-z.]+)", RUNBOOK))
    assert named <= set(namespace.task_names), named - set(namespace.task_names)
