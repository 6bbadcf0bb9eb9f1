"""Worlds: flyctl's for each worker, with an app for each test; supabase's for each module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import flyreal, flyworlds
from tests.contract.faultyapi import FaultyApi, faulty_api
from tests.contract.flyworlds import Fly, FlyHost
from tests.contract.supabaseplay import Supabase, project, supabase_world
from tests.rehearsal.worlds import World


def pytest_configure(config: pytest.Config) -> None:
    text = "stand_in(reason): says nothing about a real flyctl, so it runs with the stand-in alone"
    config.addinivalue_line("markers", text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With a real flyctl, run each test with that one too, but those marked stand_in."""
    if "fly_host" not in metafunc.fixturenames or not flyreal.named():
        return
    alone = any(metafunc.definition.iter_markers("stand_in"))
    programs = ["stand-in"] if alone else ["stand-in", "real"]
    metafunc.parametrize("fly_host", programs, indirect=True, scope="session")


@pytest.fixture(scope="session")
def fly_host(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlyHost]:
    folder = tmp_path_factory.mktemp("fly")
    if getattr(request, "param", "stand-in") == "real":
        yield flyreal.host(folder)
        return
    with flyworlds.host(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def _program(request: pytest.FixtureRequest) -> None:
    """Note in the report with which flyctl a test ran."""
    if "fly_host" in request.fixturenames:
        name = request.getfixturevalue("fly_host").name
    elif request.path.name.startswith("test_fly"):
        name = flyworlds.STAND_IN
    else:
        return
    # record_property would warn of the report's schema; the report takes these all the same.
    request.node.user_properties.append(("program", name))


@pytest.fixture
def fly(fly_host: FlyHost, tmp_path: Path) -> Iterator[Fly]:
    """An app without machines, with a fly.toml like staging's in the folder."""
    found = Fly(fly_host, tmp_path, flyreal.app_name())
    found.config()
    try:
        found.ok("apps", "create", found.app, "--org", fly_host.organisation)
        yield found
    finally:
        found.run("apps", "destroy", found.app, "--yes")


@pytest.fixture
def deployed(fly: Fly) -> Fly:
    """An app that serves deployment-01 on one machine."""
    done = fly.deploy("deployment-01")
    assert done.returncode == 0, done.stderr
    return fly


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A whole world, for the tests of one module."""
    with supabase_world(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(scope="module")
def shared(made: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supabase]:
    """A project that the tests of one module share, with the stand-in."""
    with project(made, tmp_path_factory.mktemp("shared"), "shared") as found:
        yield found


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[FaultyApi]:
    """An interface that is ill."""
    with faulty_api(tmp_path) as api:
        yield api
