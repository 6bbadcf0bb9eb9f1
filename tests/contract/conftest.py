"""Fixtures of the Fly tests: one world for each worker, one app for each test."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.flyworlds import Fly, FlyHost, host

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def fly_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlyHost]:
    with host(tmp_path_factory.mktemp("fly")) as running:
        yield running


@pytest.fixture
def fly(fly_host: FlyHost, tmp_path: Path) -> Iterator[Fly]:
    """An app without machines, with a fly.toml like staging's in the folder."""
    found = Fly(fly_host, tmp_path, f"bee-{next(_NUMBERS)}")
    found.config()
    found.ok("apps", "create", found.app, "--org", "bees")
    yield found
    found.run("apps", "destroy", found.app, "--yes")


@pytest.fixture
def deployed(fly: Fly) -> Fly:
    """An app that serves deployment-01 on one machine."""
    done = fly.deploy("deployment-01")
    assert done.returncode == 0, done.stderr
    return fly
