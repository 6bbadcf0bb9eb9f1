"""Line 1: the pages work in a real browser, where there is one."""

import pytest

from smoke.evidence import require
from smoke.journeys.pictures import PAGES, Picture


@pytest.mark.thorough
@pytest.mark.part("GET /", "GET /dashboard")
@pytest.mark.parametrize("title", PAGES)
def test_a_page_works_in_a_browser(pictures: list[Picture], title: str) -> None:
    picture = next(each for each in pictures if each.title == title)
    where, problems = f"GET {picture.path} in a browser", list(picture.problems)
    require(not problems, where, expected="no error", got=problems)
    require(picture.png.startswith(b"\x89PNG"), where, expected="a picture", got="none")
