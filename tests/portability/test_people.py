"""Whoever runs it, wherever: users, homes, paths, locales.

| Test | Cases |
|---|---|
| root | as root; from a home with mode 0700; HOME set |
| ordinary user | as an ordinary user; HOME with mode 0700; locale C |
| homeless user | as an ordinary user; HOME unset; locale C.UTF-8 |
| strange path | a path with spaces and non-ASCII letters; locale C, both users |
| two clones | two clones at once |
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.portability.ordinary import ordinary
from tests.portability.proof import built, erased, give, place, smokes, still_there, under
from tests.rehearsed.checkout import Checkout

STRANGE = "ä path with spaces и буквы"


@pytest.fixture
def fresh() -> Iterator[Checkout]:
    with place() as made:
        yield made


def as_ordinary(made: Checkout, **settings: str | None) -> Checkout:
    """The checkout as an ordinary user's own, in a home that others cannot look into."""
    home = made.root.parent
    words = ordinary(home.parent)
    give(home)
    home.chmod(0o700)
    return under(made, *words, **{"USER": None, **settings})


@pytest.mark.skipif(os.getuid() != 0, reason="not root: all the other tests are this user's")
def test_root_builds_the_mirror_in_a_home_that_others_cannot_enter(fresh: Checkout) -> None:
    fresh.root.parent.chmod(0o700)
    built(fresh)
    smokes(fresh)
    erased(fresh)


@pytest.mark.skipif(os.getuid() != 0, reason="not root: PostgreSQL runs as whoever we are")
def test_root_may_have_a_private_folder_for_temporary_files_too(fresh: Checkout) -> None:
    fresh.root.parent.parent.chmod(0o700)
    built(fresh)
    state = json.loads((fresh.root / ".rehearsal/state/supabase.json").read_text())
    assert Path(state["place"]).is_dir()
    erased(fresh)
    assert not Path(state["place"]).exists()


def test_two_clones_at_once_build_a_mirror_each() -> None:
    with place() as one, place(STRANGE) as two:
        with ThreadPoolExecutor() as both:
            list(both.map(built, (one, under(two, LC_ALL="C"))))
        url = [made.run("invoke", "database.url").stdout for made in (one, two)]
        assert url[0] != url[1]
        erased(one)
        still_there(two)
        erased(two)


def test_an_ordinary_users_path_may_hold_spaces_and_other_letters() -> None:
    with place(STRANGE) as fresh:
        made = as_ordinary(fresh, LC_ALL="C")
        built(made)
        smokes(made)
        erased(made)


def test_an_ordinary_user_builds_the_mirror_with_a_private_home(fresh: Checkout) -> None:
    made = as_ordinary(fresh, LC_ALL="C", LANG=None)
    built(made)
    smokes(made)
    erased(made)


def test_an_ordinary_user_without_home_builds_the_mirror(fresh: Checkout) -> None:
    made = as_ordinary(fresh, HOME=None, LC_ALL="C.UTF-8")
    built(made)
    smokes(made)
    erased(made)
