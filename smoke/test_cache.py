"""Line 6: each page is fetched twice, and the second time it is warm."""

from collections.abc import Callable
from statistics import mean, median
from typing import Any

import pytest

from smoke.evidence import require
from smoke.journeys.crawl import Crawl

NOT_CACHED = {"", "BYPASS", "DYNAMIC", "NONE"}
ENOUGH = 5
COLD = {"MISS", "EXPIRED", "STALE"}


def test_each_page_is_fetched_twice(crawl: Crawl) -> None:
    pages = _pages(crawl)
    once = [page["path"] for page in pages if page.get("second_response_time") is None]
    require(not once, f"job {crawl.id}", expected="a second_response_time", got=f"none for {once}")


def test_the_second_fetch_finds_the_cache_warm(crawl: Crawl) -> None:
    pages = _cacheable(crawl)
    # A page that was warm at first may have grown too old in between; that is the site's doing.
    judged = [page for page in pages if page.get("cache_status") != "HIT"]
    found = {page["path"]: page["second_cache_status"] for page in judged}
    cold = {path: status for path, status in found.items() if status != "HIT"}
    where = f"job {crawl.id}: second_cache_status of {len(pages)} pages"
    require(not cold, where, expected="HIT", got=cold)


def test_a_cold_page_is_warmed(crawl: Crawl) -> None:
    cold = [page for page in _cacheable(crawl) if page.get("cache_status") in COLD]
    if not cold:
        pytest.skip("every page of the domain was warm before the job")
    warmed = [page for page in cold if page["second_cache_status"] == "HIT"]
    got = f"none of {len(cold)} pages"
    require(warmed, f"job {crawl.id}", expected="a page MISS, then HIT", got=got)


def test_the_warm_fetch_is_the_quicker(crawl: Crawl) -> None:
    """Over pages that were cold, then warm; a few say nothing, as one slow answer outweighs all."""
    pages = [p for p in _cacheable(crawl) if p.get("cache_status") in COLD]
    warmed = [page for page in pages if page["second_cache_status"] == "HIT"]
    if len(warmed) < ENOUGH:
        pytest.skip(f"fewer than {ENOUGH} pages were cold, then warm")
    first = median(page["response_time"] for page in warmed)
    second = median(page["second_response_time"] for page in warmed)
    got = f"{first:.0f} ms, then {second:.0f} ms in the middle of {len(warmed)} pages"
    require(second < first, f"job {crawl.id}", expected="a quicker second fetch", got=got)


def test_warmed_pages_are_timed(crawl: Crawl, note: Callable[[str], None]) -> None:
    """How much quicker is told, not judged: it depends on the site's day."""
    pages = [page for page in _pages(crawl) if page.get("second_response_time") is not None]
    if not pages:
        pytest.skip("no page was fetched twice")
    first = mean(page["response_time"] for page in pages)
    second = mean(page["second_response_time"] for page in pages)
    note(f"{len(pages)} pages took {first:.0f} ms on average, then {second:.0f} ms")


def _pages(crawl: Crawl) -> list[dict[str, Any]]:
    """The pages that were found; whether there are any is judged by the workers' line."""
    done = [task for task in crawl.tasks if task.get("status") == "completed"]
    pages = [task for task in done if task.get("status_code") == 200]
    if not pages:
        pytest.skip("the job has fetched no page")
    return pages


def _cacheable(crawl: Crawl) -> list[dict[str, Any]]:
    pages = _pages(crawl)
    found = [p for p in pages if str(p.get("second_cache_status") or "").upper() not in NOT_CACHED]
    if not found:
        pytest.skip("no page of the domain is cached by its host")
    return found
