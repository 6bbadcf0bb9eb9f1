"""Fetch pages: a known site where it is said to be, any other over HTTPS at public addresses."""

import asyncio
import ipaddress
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import aiohttp

WITHIN = 15.0
LARGEST = 2_000_000
LOC = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer; `ms` is how long it took, `cache` what the cache in front says it did."""

    status: int
    ms: int
    cache: str
    content_type: str
    text: str


class FetchError(Exception):
    """A page that gave no answer; its text is the reason."""


class Fetcher:
    """Fetches pages of any domain."""

    def __init__(self, sites: dict[str, str]) -> None:
        self._sites = sites
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Have a client; it needs a running loop."""
        limit = aiohttp.ClientTimeout(total=WITHIN)
        self._session = aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Give its connections back."""
        if self._session:
            await self._session.close()

    async def get(self, domain: str, path: str) -> Page:
        """One page, or FetchError."""
        if self._session is None:
            raise FetchError("not open")
        place = self._sites.get(domain)
        url = f"http://{place}{path}" if place else f"https://{domain}{path}"
        started = time.perf_counter()
        try:
            if place is None:
                await _refuse_private(domain)
            async with self._session.get(
                url, headers={"Host": domain, "User-Agent": "BlueBandedBee/1.0"}
            ) as answer:
                content = await answer.content.read(LARGEST)
                return Page(
                    status=answer.status,
                    ms=max(1, round((time.perf_counter() - started) * 1000)),
                    cache=_cache(answer.headers),
                    content_type=answer.headers.get("Content-Type", ""),
                    text=content.decode(errors="replace"),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise FetchError(type(error).__name__) from error

    async def listed(self, domain: str) -> list[str]:
        """The paths that the sitemap names."""
        try:
            found = await self.get(domain, "/sitemap.xml")
        except FetchError:
            return []
        if found.status != 200:
            return []
        return _paths(domain, LOC.findall(found.text))


def links(domain: str, page: Page, path: str) -> list[str]:
    """The paths on the same domain that a page links to."""
    parser = _Links()
    parser.feed(page.text)
    return _paths(domain, [urljoin(f"https://{domain}{path}", href) for href in parser.found])


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _paths(domain: str, urls: list[str]) -> list[str]:
    parts = [urlsplit(url) for url in urls]
    ours = [p.path or "/" for p in parts if p.scheme in {"http", "https"} and p.hostname == domain]
    return list(dict.fromkeys(ours))


async def _refuse_private(domain: str) -> None:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(domain, 443, type=socket.SOCK_STREAM)
    if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        raise FetchError("the domain has a private address")


def _cache(headers: Mapping[str, str]) -> str:
    for name in ("CF-Cache-Status", "X-Cache"):
        if value := headers.get(name):
            return value.partition(" ")[0].upper()
    return "NONE"
