"""A front that speaks TLS, by an authority of its own, before what speaks plain HTTP.

`python -m rehearsal.edge --to http://127.0.0.1:PORT` prints one line of JSON: where TLS is spoken,
where plain HTTP is redirected, and the file of the authority to trust. SIGTERM ends it.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import ssl
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from rehearsal import ports

HOST = "127.0.0.1"
CHUNK = 65_536
PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What is behind it, whom the certificate names, for how many days; if plain HTTP leads on."""

    to: int
    name: str
    days: float
    redirects: bool

    def secured(self, authority: trustme.CA) -> ssl.SSLContext:
        """The context of the server."""
        now = datetime.now(UTC)
        began = min(now, now + timedelta(days=self.days)) - timedelta(days=1)
        issued = authority.issue_cert(
            self.name, not_before=began, not_after=now + timedelta(days=self.days)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        issued.configure_cert(context)
        return context


async def serve(front: Front, folder: Path) -> None:
    """Serve until SIGTERM."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    loop.set_exception_handler(lambda *_: None)  # callers that do not trust it hang up
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    secure, plain = ports.free(), ports.free()
    passing = partial(_pass, front.to)
    leading = partial(_lead, secure) if front.redirects else passing
    async with (
        await asyncio.start_server(passing, HOST, secure, ssl=front.secured(authority)),
        await asyncio.start_server(leading, HOST, plain),
    ):
        told = {"url": f"https://{HOST}:{secure}", "plain_port": plain}
        print(json.dumps({**told, "authority": str(folder / "authority.pem")}), flush=True)
        await ended.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()  # a server waits for its connections, and a caller may keep one


async def _pass(to: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything on to the application, and everything back."""
    with contextlib.suppress(OSError), contextlib.closing(writer):
        behind, before = await asyncio.open_connection(HOST, to)
        with contextlib.closing(before):
            both = [
                asyncio.ensure_future(_pour(*way)) for way in ((reader, before), (behind, writer))
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in both:
                    one.cancel()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()


async def _lead(secure: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request with where it should have gone."""
    with contextlib.suppress(OSError, ValueError, TimeoutError), contextlib.closing(writer):
        asked = await asyncio.wait_for(reader.readline(), PATIENCE)
        while (await asyncio.wait_for(reader.readline(), PATIENCE)).strip():
            pass
        target = asked.decode("latin-1").split(" ")[1]
        leads = f"Location: https://{HOST}:{secure}{target}\r\n"
        head = f"HTTP/1.1 301 Moved Permanently\r\n{leads}Content-Length: 0\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode("latin-1"))
        await writer.drain()


def _behind(word: str) -> int:
    parts = urlsplit(word)
    if parts.scheme != "http" or parts.hostname != HOST or not parts.port:
        raise argparse.ArgumentTypeError(f"{word} is not http://{HOST}:PORT")
    return parts.port


def main(words: Sequence[str] | None = None) -> int:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="rehearsal.edge", description=__doc__)
    parser.add_argument("--to", type=_behind, required=True, help="what speaks plain HTTP")
    parser.add_argument("--name", default=HOST, help="whom the certificate names (%(default)s)")
    parser.add_argument("--days", type=float, default=90.0, help="how long it holds (%(default)s)")
    parser.add_argument("--no-redirect", action="store_true", help="plain HTTP is served as well")
    given = parser.parse_args(words)
    front = Front(to=given.to, name=given.name, days=given.days, redirects=not given.no_redirect)
    with tempfile.TemporaryDirectory(prefix="rehearsal-edge-") as folder:
        asyncio.run(serve(front, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
