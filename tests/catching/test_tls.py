"""Behind a front that speaks TLS the good application passes, and each way to do it wrong fails."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.rehearsed.smoke_world import ROOT, SmokeWorld, smoke_world
from tests.rehearsed.test_smoke_catches import Smoked, smoke

pytest.importorskip("trustme", reason="trustme is not installed: requirements.txt names it")
TLS = (
    "it is served over tls",
    "plain http leads to https",
    "the certificate is trusted and names the host",
    "the certificate holds for two weeks more",
)
WRONG = {
    "--days=5": (TLS[3], r"expected a certificate for 14 days more, got valid until \S+, [45]\.\d"),
    "--days=-1": (TLS[2], "got certificate has expired"),
    "--name=elsewhere.example": (TLS[2], "got IP address mismatch"),
    "--no-redirect": (TLS[1], "expected a redirection to https://127.0.0.1, got 200"),
}


@contextmanager
def edge(url: str, *words: str) -> Iterator[dict[str, str]]:
    """A front before the application; the variables that a run needs to use it."""
    argv = [sys.executable, "-m", "rehearsal.edge", "--to", url, *words]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = json.loads(process.stdout.readline())
    try:
        yield {
            "STAGING_BASE_URL": told["url"],
            "SMOKE_PLAIN_PORT": str(told["plain_port"]),
            "REQUESTS_CA_BUNDLE": told["authority"],
            "STAGING_WAKE_SECONDS": "1",
        }
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        process.stdout.close()
        assert not Path(told["authority"]).exists()


@pytest.fixture(scope="module")
def world() -> Iterator[SmokeWorld]:
    with smoke_world() as made:
        yield made


def outcomes(run: Smoked) -> dict[str, tuple[str, str]]:
    checks = [check for line in run.document["lines"] for check in line["checks"]]
    return {each["name"]: (each["outcome"], each["reason"]) for each in checks}


def test_the_good_application_passes_behind_the_front(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url, edge(url) as variables:
        run = smoke(tmp_path, **{**world.variables, **variables})
    assert run.code == 0, run.output
    assert {outcomes(run)[name][0] for name in TLS} == {"passed"}
    assert re.search(r"the certificate is valid until \S+, (89|90)\.\d days", run.output)


@pytest.mark.parametrize("wrong", WRONG)
def test_each_way_to_do_it_wrong_is_caught_in_one_line(
    wrong: str, world: SmokeWorld, tmp_path: Path
) -> None:
    name, said = WRONG[wrong]
    with world.application() as url, edge(url, wrong) as variables:
        run = smoke(tmp_path, **variables)
    assert run.code == 1, run.output
    failed = {check for check in TLS if outcomes(run)[check][0] == "failed"}
    assert failed == {name}, run.output
    (line,) = [line for line in run.output.splitlines() if f": {name}: " in line]
    assert re.search(said, line)


def test_an_authority_that_nobody_trusts_is_caught(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url, edge(url) as variables:
        run = smoke(tmp_path, **{k: v for k, v in variables.items() if "BUNDLE" not in k})
    assert run.code == 1
    outcome, reason = outcomes(run)[TLS[2]]
    assert outcome == "failed"
    assert "unable to get local issuer certificate" in reason


def test_on_this_machine_nobody_asks_for_tls(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:
        run = smoke(tmp_path, STAGING_BASE_URL=url)
    assert not outcomes(run).keys() & set(TLS)


def test_elsewhere_plain_http_fails(world: SmokeWorld, tmp_path: Path) -> None:
    with world.application() as url:  # 0.0.0.0 leads here too, and is no address of loopback
        run = smoke(tmp_path, STAGING_BASE_URL=url.replace("127.0.0.1", "0.0.0.0"))
    assert run.code == 1, run.output
    (line,) = [line for line in run.output.splitlines() if TLS[0] in line]
    assert line.endswith("expected https, got served without TLS")
    assert {outcomes(run)[name][0] for name in TLS[1:]} == {"not run"}
