"""Worlds with the Fly half alone, and flyctl run in them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import requests

from tests.contract import flyplay

IMAGE = "registry.fly.io/blue-banded-bee"
Json: TypeAlias = Any
DEPLOY = ("--ha=false", "--dns-checks=false", "--yes")


@dataclass(frozen=True, slots=True)
class FlyHost:
    """A running world: its folder and its token."""

    home: Path
    process: "subprocess.Popen[bytes]"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "REHEARSAL_HOME": str(self.home),
            "FLY_API_TOKEN": (self.home / "token").read_text(),
        }


@dataclass(frozen=True, slots=True)
class Fly:
    """flyctl in a folder of its own, for one app of one world."""

    host: FlyHost
    cwd: Path
    app: str

    def run(self, *argv: str, stdin: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        environment = self.host.environment | more
        return flyplay.flyctl(*argv, environment=environment, cwd=self.cwd, stdin=stdin)

    def ok(self, *argv: str, stdin: str = "", **more: str) -> str:
        done = self.run(*argv, stdin=stdin, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *argv: str) -> Json:
        return json.loads(self.ok(*argv, "--app", self.app, "--json"))

    def config(self, *more: str, name: str = "fly.toml") -> str:
        text = flyplay.STAGING.replace("blue-banded-bee-staging", self.app)
        (self.cwd / name).write_text("\n".join([text, *more]))
        return name

    def deploy(
        self, tag: str, *flags: str, config: str = "fly.toml", **more: str
    ) -> "subprocess.CompletedProcess[str]":
        image = ("--image", f"{IMAGE}:{tag}")
        return self.run("deploy", "-a", self.app, "-c", config, *image, *DEPLOY, *flags, **more)

    def start(self, *argv: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [flyplay.FLYCTL, *argv],
            env=self.host.environment,
            cwd=self.cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def url(self) -> str:
        return str(self.json("status")["AppURL"])

    def get(self, path: str = "/health", **headers: str) -> requests.Response:
        return requests.get(self.url() + path, headers=headers, timeout=10)

    def machines(self) -> list[dict[str, Any]]:
        return list(self.json("machine", "list"))

    def tags(self) -> list[str]:
        return [machine["image_ref"]["tag"] for machine in self.machines()]

    def releases(self) -> list[str]:
        return [release["Status"] for release in self.json("releases")]


@contextmanager
def host(home: Path) -> Iterator[FlyHost]:
    """Run a world until the block ends."""
    home.mkdir(exist_ok=True, parents=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.flyhost", str(home)], cwd=flyplay.CHECKOUT
    )
    try:
        until(lambda: (home / "world.json").exists() or process.poll() is not None)
        yield FlyHost(home, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def until(done: Callable[[], object], *, within: float = 20) -> None:
    """Wait until something is so; AssertionError when it does not become so."""
    limit = time.monotonic() + within
    while not done():
        assert time.monotonic() < limit, "it did not become so in time"
        time.sleep(0.05)
