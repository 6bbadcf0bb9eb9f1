"""The load generator's own floor: what it measures against a server that does next to nothing.

`python -m benchmarks.load_floor` prints each rate's percentiles, and their ratio to a bare
keep-alive round trip to the same server, measured right before.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
RATES = (50, 200)
SECONDS = 10
SERVER = """
import asyncio, json
BODY = json.dumps({"status": "healthy", "data": {"plans": [1]}}).encode()
ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(BODY), BODY)
async def serve(reader, writer):
    try:
        while await reader.readuntil(b"\\r\\n\\r\\n"):
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def main() -> None:
    """Measure each rate and print one line for it."""
    with _server() as port:
        for rate in RATES:
            bare = _round_trip(port)
            found = _load(port, rate)
            due = {f["name"]: f["measured"] for f in found["objectives"]}
            ratios = " ".join(f"{p} x{due[p] / bare:.1f}" for p in ("p50", "p95", "p99"))
            print(
                f"{rate}/s: p50 {due['p50']:.2f} p95 {due['p95']:.2f} p99 {due['p99']:.2f} ms, "
                f"bare round trip {bare:.2f} ms ({ratios}); achieved {found['achieved_rate']}/s, "
                f"lag p99 {found['generator']['lag_p99_ms']:.2f} ms, "
                f"{100 * found['generator']['cpu']:.0f} % of a core, {found['verdict']}"
            )


@contextmanager
def _server() -> Iterator[int]:
    argv = [sys.executable, "-c", SERVER]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _round_trip(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    taken = []
    for _ in range(500):
        begun = time.perf_counter()
        connection.request("GET", "/health")
        connection.getresponse().read()
        taken.append(1000 * (time.perf_counter() - begun))
    connection.close()
    return median(taken)


def _load(port: int, rate: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as reports:
        subprocess.run(
            [sys.executable, "-m", "loadtests", "--seconds", str(SECONDS), "--rate", str(rate)],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "STAGING_BASE_URL": f"http://127.0.0.1:{port}",
                "REPORTS": reports,
            },
            capture_output=True,
            timeout=SECONDS + 60,
            check=False,
        )
        found: dict[str, Any] = json.loads((Path(reports) / "load.json").read_text())
        return found


if __name__ == "__main__":
    main()
