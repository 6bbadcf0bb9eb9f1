"""What went wrong before, or is not there now.

| Test | Case |
|---|---|
| no network | no network once installed |
| ports | ports taken |
| killed | a previous rehearsal killed with -9: stale pid files, sockets, locks |
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.portability.proof import built, erased, place, smokes, still_there, under
from tests.rehearsed.checkout import Checkout


@pytest.fixture
def fresh() -> Iterator[Checkout]:
    with place() as made:
        yield made


@pytest.fixture
def cut_off() -> Iterator[tuple[str, ...]]:
    """Words that run a program where there is no network but a loopback of its own."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        pytest.skip("unshare and nsenter, which cut a program off the network, are not here")
    loopback = "ip link set lo up && echo ready && exec sleep 600"
    argv = ["unshare", "-n", "sh", "-c", loopback]
    if os.getuid() != 0:
        argv[1:1] = ["--map-root-user"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        try:
            if not holder.stdout or holder.stdout.readline() != "ready\n":
                pytest.skip("no network namespace is permitted here")
            yield entering(holder.pid)
        finally:
            holder.kill()


def entering(holder: int) -> tuple[str, ...]:
    """The words to join that process's network, as who we are."""
    words = ("nsenter", "--net", "--target", str(holder))
    if os.getuid() == 0:
        return (*words, "--")
    ourselves = (f"--map-user={os.getuid()}", f"--map-group={os.getgid()}")
    joined = (*words, "--user", "--preserve-credentials", "--")
    return (*joined, "unshare", "--user", *ourselves, "--")


def test_the_mirror_is_built_without_a_network(fresh: Checkout, cut_off: tuple[str, ...]) -> None:
    made = under(fresh, *cut_off)
    alone = [*cut_off, "cat", "/proc/net/route"]
    routes = subprocess.run(alone, capture_output=True, text=True, timeout=20).stdout
    assert len(routes.splitlines()) == 1, "the head of the table, and no way out"
    built(made)
    smokes(made)
    erased(made)


def test_taken_ports_are_given_up_for_others(fresh: Checkout) -> None:
    built(fresh)
    before = ports(fresh)
    assert len(before) >= 6
    assert fresh.run("invoke", "rehearsal.down").returncode == 0
    with contextlib.ExitStack() as taken:
        for port in before:
            taken.enter_context(socket.create_server(("127.0.0.1", port)))
        moved = fresh.run("invoke", "provision")
        assert moved.returncode == 0, moved.stderr + moved.stdout
        assert not ports(fresh) & before
        still_there(fresh)
        smokes(fresh)
    erased(fresh)


def ports(made: Checkout) -> set[int]:
    """Every port on which something of the world listens."""
    found = json.loads(made.run("rehearsal", "status", "--json").stdout)
    urls = [found["site"], *(app["address"] for app in found["apps"])]
    urls.append(json.loads((made.root / ".rehearsal" / "world.json").read_text())["url"])
    databases = {project["database"]["port"] for project in found["projects"]}
    return databases | {port for url in urls if (port := urlsplit(url).port)}


@pytest.mark.parametrize("after", [1.5, 4.0])
def test_a_provision_killed_with_all_that_it_started_goes_on(fresh: Checkout, after: float) -> None:
    running = fresh.start("invoke", "provision")
    time.sleep(after)
    slain(fresh)
    running.communicate(timeout=20)
    assert running.returncode == -signal.SIGKILL
    built(fresh)
    erased(fresh)


def test_what_a_killed_world_left_holds_nobody_up(fresh: Checkout) -> None:
    built(fresh)
    left = {each: each.read_bytes() for each in stale(fresh)}
    slain(fresh)
    with subprocess.Popen(["sleep", "300"]) as other:  # the numbers are another program's by now
        for file, content in left.items():
            file.write_bytes(content)
        world = fresh.root / ".rehearsal" / "world.json"
        told = json.loads(world.read_text())
        world.write_text(json.dumps({**told, "pid": other.pid}))
        with (fresh.root / ".staging" / "lock").open("w") as lock:
            lock.write(f"somebody, `invoke provision`, since long ago, pid {other.pid}")
        still_there(fresh)
        slain(fresh)
        world.write_text(json.dumps({**told, "pid": other.pid}))
        erased(fresh)
        assert other.poll() is None, "a stranger was killed"
        other.kill()


def stale(made: Checkout) -> list[Path]:
    """The files that name processes: pid files and locks."""
    home = made.root / ".rehearsal"
    found = [*home.rglob("postmaster.pid"), *home.rglob("*lock"), home / "world.json"]
    assert len(found) >= 4
    return found


def slain(made: Checkout) -> None:
    """Kill everything that works for the checkout, all at once, and see it gone."""
    deadline = time.monotonic() + 20
    while found := made.processes():
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert time.monotonic() < deadline
        time.sleep(0.05)
