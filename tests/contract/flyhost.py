"""A world with the Fly half alone: `python -m tests.contract.flyhost HOME`; ends on SIGTERM."""

import asyncio
import json
import os
import secrets
import signal
import sys
from pathlib import Path

from aiohttp import web

from rehearsal.fly.world import FlyWorld

IMAGES = """
[deployment-01]
version = "0.4.1"
[deployment-02]
version = "0.4.2"
[crash]
version = "0.4.1"
faults = ["crash"]
[unhealthy]
version = "0.4.1"
faults = ["unhealthy"]
[unhealthy2]
version = "0.4.2"
faults = ["unhealthy"]
[sick]
version = "0.4.1"
faults = ["sick"]
[deaf]
version = "0.4.1"
faults = ["ignores-sigterm"]
[relfail]
version = "0.4.1"
faults = ["release-command-fails"]
["python:3.12-slim-bookworm"]
bare = true
"""


async def serve(home: Path) -> None:
    images = home / "images.toml"
    images.write_text(IMAGES)
    world = FlyWorld(
        home,
        machine_environment={"PATH": os.environ["PATH"]},
        command=[sys.executable, "-E", "-s", "-S", "-m", "tests.contract.tinyapp"],
        images=images,
    )
    await world.start()
    app = web.Application()
    app.add_routes(world.routes())
    key, ended = secrets.token_hex(8), asyncio.Event()

    async def status(_: web.Request) -> web.Response:
        return web.json_response({"pid": os.getpid(), "apps": world.summary(), "projects": []})

    async def down(_: web.Request) -> web.Response:
        ended.set()
        return web.json_response({})

    app.add_routes([web.get("/rehearsal/status", status), web.post("/rehearsal/down", down)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    named = {"pid": os.getpid(), "url": f"http://127.0.0.1:{port}", "key": key}
    (home / "token").write_text(world.token)
    (home / "world.new").write_text(json.dumps(named))
    (home / "world.new").rename(home / "world.json")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await world.stop()
    await runner.cleanup()
    (home / "world.json").unlink()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
