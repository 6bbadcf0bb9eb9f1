"""Whether a machine may be sent requests: its port accepts and its checks pass."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any

import aiohttp

from rehearsal.fly import durations
from rehearsal.fly.platform.records import Machine, now

PROBE_EVERY = 0.05
FRESH_FOR = 20.0
PROBE_LATER = 0.5
EAGER_EVERY = 0.2
EAGER_FOR = 60.0
AT_LEAST = 0.5


class Health:
    """Watches one running machine; between start and first success its checks run often."""

    def __init__(
        self, machine: Machine, *, session: aiohttp.ClientSession, changed: Callable[[], None]
    ) -> None:
        self._machine = machine
        self._session = session
        self._changed = changed
        self._tasks: list[asyncio.Task[None]] = []
        self.accepting = False
        self._doubted = asyncio.Event()

    @property
    def good(self) -> bool:
        """Whether requests may go to the machine."""
        machine = self._machine
        return (
            machine.state == "started"
            and not machine.cordoned
            and self.accepting
            and all(check["status"] == "passing" for check in machine.checks)
        )

    def start(self) -> None:
        """Begin to watch; every check is critical until it passed."""
        named = _named_checks(self._machine.config)
        self._machine.checks = [
            {
                "name": name,
                "status": "critical",
                "output": "connect: connection refused",
                "updated_at": now(),
            }
            for name, _ in named
        ]
        self._tasks = [asyncio.create_task(self._probe())]
        self._tasks += [
            asyncio.create_task(self._repeat(result, check))
            for result, (_, check) in zip(self._machine.checks, named, strict=True)
        ]

    async def stop(self) -> None:
        """End the watch."""
        self.accepting = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def doubt(self) -> None:
        """Say that a connection was refused: the port is probed again before the next request."""
        self.accepting = False
        self._doubted.set()

    async def _probe(self) -> None:
        began = time.monotonic()
        while True:
            running = self._machine.state == "started"
            self.accepting = running and await _accepts(self._machine.port)
            if not self.accepting:
                fresh = time.monotonic() - began < FRESH_FOR
                await asyncio.sleep(PROBE_EVERY if fresh else PROBE_LATER)
                continue
            began = time.monotonic()
            self._doubted.clear()
            await self._doubted.wait()

    async def _repeat(self, result: dict[str, Any], check: dict[str, Any]) -> None:
        interval = max(durations.seconds(check.get("interval", "15s")), AT_LEAST)
        eager_until = time.monotonic() + EAGER_FOR
        while True:
            status, output = await self._checked(check)
            if (status, output) != (result["status"], result["output"]):
                result |= {"status": status, "output": output}
                self._changed()
            result["updated_at"] = now()
            eager = status != "passing" and time.monotonic() < eager_until
            await asyncio.sleep(min(EAGER_EVERY, interval) if eager else interval)

    async def _checked(self, check: dict[str, Any]) -> tuple[str, str]:
        limit = durations.seconds(check.get("timeout", "2s"))
        port = self._port(check)
        try:
            async with asyncio.timeout(limit):
                if check["type"] == "tcp":
                    return _tcp(accepted=await _accepts(port))
                return await self._http(check, port=port)
        except TimeoutError:
            return "critical", "context deadline exceeded"
        except aiohttp.ClientConnectorError:
            return "critical", "connect: connection refused"
        except aiohttp.ClientError as error:
            return "critical", f"{type(error).__name__}"

    async def _http(self, check: dict[str, Any], *, port: int) -> tuple[str, str]:
        headers = {each["name"]: each["values"][0] for each in check.get("headers", [])}
        url = f"http://127.0.0.1:{port}{check.get('path', '/')}"
        method = check.get("method", "GET")
        async with self._session.request(method, url, headers=headers) as answer:
            body = (await answer.content.read(200)).decode(errors="replace")
            status = "passing" if 200 <= answer.status < 300 else "critical"
            return status, f"{answer.status} {answer.reason}: {body}" if body else str(
                answer.status
            )

    def _port(self, check: dict[str, Any]) -> int:
        # What fly.toml calls 8080 listens on a port of this machine's own.
        wanted = check.get("port")
        if wanted is not None and wanted == self._machine.config.get("metrics", {}).get("port"):
            return self._machine.metrics_port
        return self._machine.port


def _named_checks(config: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [
        (f"servicecheck-{number:02d}-{check['type']}-{service['internal_port']}", check)
        for service in config.get("services", [])
        for number, check in enumerate(service.get("checks", []))
    ]
    return found + list(config.get("checks", {}).items())


async def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True
    return False


def _tcp(*, accepted: bool) -> tuple[str, str]:
    return ("passing", "Success") if accepted else ("critical", "connect: connection refused")
