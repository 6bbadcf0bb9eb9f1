"""One user's connection: geventhttpclient driven directly (see benchmarks/generator.py)."""

import zlib
from collections.abc import Mapping
from functools import cache

from gevent.ssl import SSLContext, create_default_context  # type: ignore[import-untyped]
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError

from loadtests.greenlets import Timeout

TIMEOUT = 10.0
"""Seconds for the whole of an answer."""

ZIPPED = 32 + zlib.MAX_WBITS
"""For zlib to see by itself whether it is gzip or deflate."""


class Line:
    """A connection that is kept open from one request to the next, to one address."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = self._made()

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes, str]:
        """Status and whole body of an answer, or 0 and why there is none that is whole."""
        limit = Timeout(TIMEOUT)
        try:
            with limit:
                answer = self._client.request(method, path, body=body, headers=headers)
                content = answer.read()
                if answer.get("content-encoding"):
                    content = zlib.decompress(content, ZIPPED)
                return answer.status_code, content, ""
        except Timeout as passed:
            if passed is not limit:
                raise
            return self._broken(f"no whole answer in {TIMEOUT:.0f} s")
        except (OSError, HTTPParseError, zlib.error) as error:
            return self._broken(f"no whole answer ({error or type(error).__name__})"[:200])

    def _broken(self, why: str) -> tuple[int, bytes, str]:
        """What was half read must not be taken for the next answer: connect anew."""
        self._client.close()
        self._client = self._made()
        return 0, b"", why

    def _made(self) -> HTTPClient:
        return HTTPClient.from_url(
            self._url,
            connection_timeout=TIMEOUT,
            network_timeout=TIMEOUT,
            ssl_context_factory=_verifying,
        )


@cache
def _verifying(cafile: str) -> SSLContext:
    """One for all users: reading the authorities takes longer than a request."""
    return create_default_context(cafile=cafile)
