"""The site that jobs crawl: pages that miss a cache at first and hit it for a while after."""

import asyncio
import time
import zlib
from dataclasses import dataclass, field

from aiohttp import web

DOMAIN = "site.example"
LISTED = 13
LINKED = 16
KEPT_SECONDS = 2.0


@dataclass(slots=True)
class Site:
    """Seventeen good pages, one never cached, one down, one missing; and one flaky, not linked."""

    _warm_until: dict[str, float] = field(default_factory=dict)
    _flaky: int = 0

    def application(self) -> web.Application:
        """The site, whatever its Host."""
        made = web.Application()
        made.add_routes(
            [
                web.get("/robots.txt", self._robots),
                web.get("/sitemap.xml", self._sitemap),
                web.get("/private", self._private),
                web.get("/flaky", self._sometimes),
                web.get("/down", self._down),
                web.get("/", self._page),
                web.get("/p/{number}", self._page),
            ]
        )
        return made

    async def _robots(self, _: web.Request) -> web.Response:
        text = f"User-agent: *\nAllow: /\nSitemap: https://{DOMAIN}/sitemap.xml\n"
        return web.Response(text=text)

    async def _sitemap(self, _: web.Request) -> web.Response:
        urls = [f"<url><loc>https://{DOMAIN}/p/{n}</loc></url>" for n in range(1, LISTED + 1)]
        names = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset {names}>{"".join(urls)}</urlset>'
        return web.Response(text=text, content_type="application/xml")

    async def _page(self, request: web.Request) -> web.Response:
        number = int(request.match_info.get("number", "0") or 0)
        if number > LINKED:
            raise web.HTTPNotFound
        warm = await self._served(request.path)
        return _html(number, "HIT" if warm else "MISS")

    async def _private(self, _: web.Request) -> web.Response:
        answer = _html(0, "BYPASS")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _down(self, _: web.Request) -> web.Response:
        raise web.HTTPServiceUnavailable

    async def _sometimes(self, _: web.Request) -> web.Response:
        self._flaky += 1
        if self._flaky % 3:
            raise web.HTTPInternalServerError
        return _html(0, "MISS")

    async def _served(self, path: str) -> bool:
        """Whether the cache had it; a page takes its time, as real ones were seen to: 0.3-1 s."""
        slow = zlib.crc32(path.encode()) % 1000 / 1000
        warm = time.monotonic() < self._warm_until.get(path, 0.0)
        await asyncio.sleep(0.01 + slow * 0.02 if warm else 0.35 + slow * 0.6)
        if not warm:
            self._warm_until[path] = time.monotonic() + KEPT_SECONDS
        return warm


def _html(number: int, cache: str) -> web.Response:
    links = [*range(LISTED + 1, LINKED + 1)] if number == 0 else []
    extra = ['<a href="/private">private</a>', '<a href="/down">down</a>'] if number == 0 else []
    if number == LINKED:
        extra = ['<a href="/missing">missing</a>']
    body = "".join([*(f'<a href="/p/{n}">{n}</a>' for n in links), *extra])
    text = f"<!doctype html><title>Page {number}</title><h1>Page {number}</h1>{body}"
    return web.Response(text=text, content_type="text/html", headers={"X-Cache": cache})
