"""The pages are light, fit a phone, and have nothing that axe-core finds in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.rehearsed import looking
from tests.rehearsed.checkout import Checkout
from tests.rehearsed.looking import LOOKS, Look

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PAGES = {
    "smoke": ("nox", "-s", "smoke", "--", "--quick"),
    "load": ("nox", "-s", "load", "--", "--seconds", "6"),
    "verify": ("invoke", "verify", "--no-run"),
}
HEAVIEST = {"verify": 500_000, "load": 500_000, "smoke": 3_000_000}
"""Bytes; smoke's has pictures of the application within."""

WRONG = "<!doctype html><title>x</title><html><body><img src='x'><input></body></html>"

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def pages(provisioned: Checkout) -> dict[str, Path]:
    """Each page, as its command leaves it."""
    for words in PAGES.values():
        provisioned.run(*words)
    return {name: provisioned.root / "reports" / f"{name}.html" for name in PAGES}


@pytest.fixture(scope="module")
def chrome() -> Iterator["Chrome"]:
    with looking.opened() as found:
        yield found


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(pages: dict[str, Path], chrome: "Chrome", name: str, look: Look) -> None:
    script = looking.axe()
    looking.show(chrome, pages[name], look)
    assert looking.findings(chrome, script) == []
    assert looking.overflow(chrome) <= 0, "it scrolls sideways"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_asks_for_nothing(pages: dict[str, Path], name: str) -> None:
    text = pages[name].read_text()
    assert len(text.encode()) <= HEAVIEST[name]
    assert 'src="http' not in text
    assert '<link rel="stylesheet"' not in text


def test_axe_finds_what_is_wrong(chrome: "Chrome", tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text(WRONG)
    looking.show(chrome, tmp_path / "wrong.html", LOOKS[0])
    found = {each.partition(":")[0] for each in looking.findings(chrome, looking.axe())}
    assert {"image-alt", "label", "html-has-lang"} <= found
