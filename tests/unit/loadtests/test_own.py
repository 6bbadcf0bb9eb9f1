"""A profile with endpoints of an application's own."""

from pathlib import Path

import pytest

from loadtests.mix import Need
from loadtests.order import order
from loadtests.profile import Profile, profile
from staging.errors import ConfigurationError
from staging.settings.records import Load

SHOP = Path(__file__).parents[3] / "examples" / "bookshop" / "load.toml"
STAGES = "[[stages]]\nseconds = 1\nstart_rate = 1\nend_rate = 1\n"


def own(folder: Path, endpoints: str, *, mix: str = "own") -> Profile:
    path = folder / "mine.toml"
    head = f'about = "x"\nkind = "stages"\nusers = 1\nmix = "{mix}"\n'
    path.write_text(f"{head}{endpoints}\n{STAGES}")
    return profile(str(path))


def test_the_bookshops_profile_asks_for_its_endpoints_alone() -> None:
    found = {each.name: each for each in profile(str(SHOP)).errands({})}
    assert list(found) == ["GET /books", "GET /books/{id}", "GET /health"]
    book = found["GET /books/{id}"]
    assert (book.path, book.weight, book.need) == ("/books/2", 3, Need.NOTHING)
    assert book.right is not None
    assert book.right({"title": "x"})
    assert not book.right({"isbn": "x"})


def test_weights_of_staging_toml_are_of_own_endpoints_too() -> None:
    weights = {"GET /books": 0.0, "GET /health": 9.0}
    found = {each.name: each.weight for each in profile(str(SHOP)).errands(weights)}
    assert found == {"GET /books/{id}": 3, "GET /health": 9}


def test_own_endpoints_stand_beside_a_mix(tmp_path: Path) -> None:
    found = own(tmp_path, '[[endpoints]]\nrequest = "GET /books"\n', mix="reads").errands({})
    assert [each.name for each in found][:2] == ["GET /books", "GET /health"]


def test_a_post_sends_its_body_and_is_no_read(tmp_path: Path) -> None:
    entry = '[[endpoints]]\nrequest = "POST /orders"\nstatus = 201\nbody = {book_id = 1}\n'
    found = own(tmp_path, entry)
    assert found.errands({})[0].body == b'{"book_id": 1}'
    assert not found.reads


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        '[[endpoints]]\nrequest = "GET /books/{id}"\n',
        '[[endpoints]]\nrequest = "DELETE /books"\n',
        '[[endpoints]]\nrequest = "GET /books"\nwieght = 2\n',
    ],
)
def test_an_entry_that_cannot_be_asked_is_a_mistake(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigurationError):
        own(tmp_path, wrong)


def test_staging_toml_names_the_profile_that_runs() -> None:
    environment = {"STAGING_BASE_URL": "http://127.0.0.1:8"}
    assert order([], environment, Load(profile=str(SHOP))).profile.name == "load"
    assert order(["--profile", "quick"], environment, Load(profile=str(SHOP))).profile.rate == 20
    with pytest.raises(ConfigurationError, match="carried by one process"):
        order(["--workers", "2"], environment, Load(profile=str(SHOP)))
