import shutil
from pathlib import Path

import pytest

from staging import settings
from staging.errors import CONFIGURATION, REFUSED, StagingError
from staging.settings import Settings
from staging.settings.environments import LABEL, at, for_environment, stem

ROOT = Path(__file__).parents[3]
APP = "blue-banded-bee-staging"


def shipped(folder: Path, *changes: tuple[str, str], environment: str = "staging") -> Settings:
    shutil.copy(ROOT / "staging.toml", folder)
    file = folder / "staging.toml"
    for before, after in changes:
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after, 1))
    return settings.load(folder, environment=environment)


@pytest.mark.parametrize("name", ["", "staging"])
def test_staging_itself_is_as_it_is_written(tmp_path: Path, name: str) -> None:
    loaded = shipped(tmp_path)
    assert for_environment(loaded, name) == loaded
    assert (loaded.environment, loaded.app_config) == ("", loaded.root / "fly.staging.toml")
    assert LABEL not in loaded.staging.env


def test_a_preview_has_names_a_file_a_budget_and_an_address_of_its_own(tmp_path: Path) -> None:
    made = shipped(tmp_path, environment="pr-123")
    assert (made.staging.app, made.staging.project) == (f"{APP}-pr-123", f"{APP}-pr-123")
    assert made.app_config == made.kept / "fly.pr-123.toml"
    assert made.staging.env[LABEL] == "pr-123"
    assert made.smoke_email == f"smoke@{APP}-pr-123.example"
    assert made.budget_usd == 25
    assert made.staging.region == shipped(tmp_path).staging.region


def test_without_a_budget_of_their_own_previews_have_stagings(tmp_path: Path) -> None:
    assert shipped(tmp_path, ("monthly_usd = 25", ""), environment="pr-1").budget_usd == 70


def test_what_names_staging_names_the_preview(tmp_path: Path) -> None:
    own = ("# url = ", "url = ")
    names = f'SELF = "https://{APP}.fly.dev/{APP}s"\nHOST = "staging.example.com"\n'
    env = ("[staging.env]\n", f"[staging.env]\n{names}")
    secret = ('APP_ENV = { value = "staging" }', f'APP_ENV = {{ value = "of {APP}" }}')
    made = shipped(tmp_path, own, env, secret, environment="pr-1")
    assert made.staging.url is None
    assert made.staging.env["SELF"] == f"https://{APP}-pr-1.fly.dev/{APP}s"
    assert made.staging.env["HOST"] == f"{APP}-pr-1.fly.dev"
    assert f"of {APP}-pr-1" in [source.value for source in made.secrets]


LONGEST = "x" * (63 - len(APP) - 1)
NAMES = [
    ("pr-123", None),
    ("1", None),
    (LONGEST, None),
    (f"{LONGEST}x", CONFIGURATION),
    ("PR-1", CONFIGURATION),
    ("pr_1", CONFIGURATION),
    ("pr 1", CONFIGURATION),
    ("-pr", CONFIGURATION),
    ("pr-", CONFIGURATION),
    ("a--b", CONFIGURATION),
    ("pr-1\n", CONFIGURATION),
    ("é", CONFIGURATION),
    ("../x", CONFIGURATION),
    ("production", REFUSED),
    ("blue-banded-bee", REFUSED),
]


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_a_name_is_taken_or_refused(tmp_path: Path, name: str, code: int | None) -> None:
    loaded = shipped(tmp_path)
    if code is None:
        assert for_environment(loaded, name).environment == name
        return
    with pytest.raises(StagingError) as caught:
        for_environment(loaded, name)
    assert caught.value.exit_code == code


def test_a_preview_that_would_be_production_is_refused(tmp_path: Path) -> None:
    production = ('app = "blue-banded-bee"\n', f'app = "{APP}-live"\n')
    with pytest.raises(StagingError, match="would be production") as caught:
        shipped(tmp_path, production, environment="live")
    assert caught.value.exit_code == REFUSED


def test_from_a_preview_every_other_environment_can_be_named(tmp_path: Path) -> None:
    made = shipped(tmp_path, environment="pr-1")
    assert stem(made) == (APP, APP)
    assert at(made, "pr-2").staging.app == f"{APP}-pr-2"
    assert at(made, "staging").staging.project == APP


def test_what_is_set_for_previews_is_checked(tmp_path: Path) -> None:
    for wrong in ("ttl_hours = 0", "ttl_hours = 9000", 'maximum = "5"', "hours = 1"):
        with pytest.raises(StagingError, match=r"previews\."):
            shipped(tmp_path, ("ttl_hours = 72\nmonthly_usd = 25 # each\nmaximum = 5", wrong))
    bounds = shipped(tmp_path, ("[previews]\n", '[previews]\norphans = ["demo-*"]\n')).previews
    assert (bounds.ttl_hours, bounds.maximum, bounds.orphans) == (72, 5, ("demo-*",))
