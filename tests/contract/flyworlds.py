"""Worlds with the Fly half alone, and flyctl run in them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import requests

from tests.contract import flyplay
from tests.waiting import until

STAND_IN = "flyctl v0.4.87 stand-in"
IMAGE = "registry.fly.io/blue-banded-bee"
Json: TypeAlias = Any
DEPLOY = ("--ha=false", "--dns-checks=false", "--yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlyHost:
    """A flyctl and the world that it works in."""

    program: Path
    name: str
    environment: Mapping[str, str]
    organisation: str
    images: Mapping[str, str]

    def image(self, tag: str) -> str:
        return self.images.get(tag, f"{IMAGE}:{tag}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlyWorld(FlyHost):
    """The stand-in, with its world's folder and process."""

    home: Path
    process: "subprocess.Popen[bytes]"


@dataclass(frozen=True, slots=True)
class Fly:
    """flyctl in a folder of its own, for one app of one world."""

    host: FlyHost
    cwd: Path
    app: str

    @property
    def home(self) -> Path:
        assert isinstance(self.host, FlyWorld), "only the stand-in's world has a folder"
        return self.host.home

    def run(self, *argv: str, stdin: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        environment = {**self.host.environment, **more}
        program = self.host.program
        return flyplay.flyctl(
            *argv, environment=environment, cwd=self.cwd, stdin=stdin, program=program
        )

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
        words = ("-a", self.app, "-c", config, "--image", self.host.image(tag), *DEPLOY)
        done = self.run("deploy", *words, *flags, **more)
        if "could not find image" in done.stderr and not isinstance(self.host, FlyWorld):
            pytest.skip(f"the real registry has no image for {tag}: name one in CONTRACT_IMAGES")
        return done

    def start(self, *argv: str, name: str = "started", **more: str) -> "subprocess.Popen[bytes]":
        """Begin a call; what it prints goes to files of that name in its folder."""
        with (self.cwd / f"{name}.out").open("w") as out, (self.cwd / f"{name}.err").open("w") as e:
            return subprocess.Popen(
                [self.host.program, *argv],
                env={**self.host.environment, **more},
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=e,
            )

    def url(self) -> str:
        return str(self.json("status")["AppURL"])

    def get(self, path: str = "/health", **headers: str) -> requests.Response:
        if not isinstance(self.host, FlyWorld):
            pytest.skip("all but the application's own answer was so; only ours is known")
        return requests.get(self.url() + path, headers=headers, timeout=10)

    def machines(self) -> list[dict[str, Any]]:
        return list(self.json("machine", "list"))

    def tags(self) -> list[str]:
        names = {reference: tag for tag, reference in self.host.images.items()}
        found = [machine["image_ref"] for machine in self.machines()]
        given = [f"{ref['registry']}/{ref['repository']}:{ref['tag']}" for ref in found]
        return [names.get(whole, whole.rpartition(":")[2]) for whole in given]

    def releases(self) -> list[str]:
        return [release["Status"] for release in self.json("releases")]


@contextmanager
def host(home: Path) -> Iterator[FlyWorld]:
    """Run a world until the block ends."""
    home.mkdir(exist_ok=True, parents=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.flyhost", str(home)], cwd=flyplay.CHECKOUT
    )
    try:
        until(lambda: (home / "world.json").exists() or process.poll() is not None)
        token = (home / "token").read_text()
        environment = {"REHEARSAL_HOME": str(home), "FLY_API_TOKEN": token}
        yield FlyWorld(
            program=flyplay.FLYCTL,
            name=STAND_IN,
            environment={"PATH": os.environ["PATH"], **environment},
            organisation="bees",
            images={},
            home=home,
            process=process,
        )
    finally:
        process.terminate()
        process.wait(timeout=20)
