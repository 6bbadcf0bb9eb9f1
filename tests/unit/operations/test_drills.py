"""Drills before anything is done: which are meant, what is put back, what they refuse."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from staging import settings
from staging.errors import ConfigurationError, Refused
from staging.operations.drills import catalogue, run
from staging.operations.drills.deaf import kill_timeout
from staging.operations.drills.putback import Journal
from staging.operations.drills.records import Verdict, worst
from staging.settings import Settings
from tests.rehearsed.checkout import ROOT


@pytest.fixture
def found(tmp_path: Path) -> Settings:
    return replace(settings.load(ROOT), root=tmp_path, home="kept")


@pytest.mark.parametrize(
    ("name", "count"), [("lock-held", 1), ("lock-held, disk-full", 2), ("broken-images", 11)]
)
def test_drills_are_chosen_by_name(found: Settings, name: str, count: int) -> None:
    assert len(catalogue.chosen(found, name)) == count


def test_all_are_all(found: Settings) -> None:
    names = [drill.name for drill in catalogue.drills(found)]
    assert [drill.name for drill in catalogue.chosen(found, "all")] == names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["", "disk-ful", "production"])
def test_an_unknown_drill_is_refused(found: Settings, name: str) -> None:
    with pytest.raises(ConfigurationError):
        catalogue.chosen(found, name)


def test_production_is_refused_whatever_settings_have_let_through(found: Settings) -> None:
    wrong = replace(found, staging=replace(found.staging, app=found.production.app))
    with pytest.raises(Refused, match="never held on production"):
        run.run(wrong, catalogue.drills(found), dry_run=True)


def test_what_is_to_be_put_back_is_written_for_this_user_alone(found: Settings) -> None:
    Journal(found, "token-expired").will("auth", jwt_exp=3600)
    (path,) = found.kept.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["entries"] == [{"kind": "auth", "jwt_exp": 3600}]
    standing = Journal.standing(found)
    assert "drill token-expired of" in str(standing)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"drill": "x"}', "\0"])
def test_a_list_that_cannot_be_read_stops_the_next_drill(found: Settings, text: str) -> None:
    """Something was changed, and nobody knows what."""
    Journal(found, "x").will("auth", jwt_exp=1)
    (path,) = found.kept.iterdir()
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Journal.standing(found)


def test_without_a_list_nothing_is_to_be_put_back(found: Settings) -> None:
    assert Journal.standing(found) is None


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({}, 5.0),
        ({"stop_config": {"timeout": "30s"}}, 30.0),
        ({"stop_config": {"timeout": "2m"}}, 120.0),
        ({"stop_config": {"timeout": 10}}, 10.0),
        ({"stop_config": {"timeout": 15_000_000_000}}, 15.0),
        ({"stop_config": {"timeout": "soon"}}, 5.0),
    ],
)
def test_the_kill_timeout_is_the_machines(config: Mapping[str, object], seconds: float) -> None:
    assert kill_timeout(config) == seconds


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((), "invalid"),
        (("pass", "pass"), "pass"),
        (("pass", "invalid"), "invalid"),
        (("invalid", "fail"), "fail"),
        (("pending",), "pending"),
    ],
)
def test_the_worst_verdict_counts(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    assert worst(verdicts) == expected
