"""The whole way with each real supabase: provision, again, parity, doctor, status, destroy."""

import json
from collections.abc import Iterator

import pytest

from tests.contract.supabaseplay import REAL
from tests.rehearsed.checkout import Checkout, checkout


@pytest.fixture
def fresh() -> Iterator[Checkout]:
    with checkout() as made:
        yield made


def names(made: Checkout) -> list[str]:
    status = json.loads(made.run("rehearsal", "status", "--json").stdout)
    return sorted(project["name"] for project in status["projects"])


@pytest.mark.skipif(not REAL, reason="SUPABASE_PROGRAMS names no real supabase")
@pytest.mark.parametrize("version", REAL or ["none"])
def test_the_mirror_is_built_found_and_ended_with_the_real_program(
    fresh: Checkout, version: str
) -> None:
    def said(*words: str) -> str:
        done = fresh.run("invoke", *words, env={"SUPABASE": REAL[version]})
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    assert "changed, read back and as planned" in said("provision")
    assert "Nothing to do" in said("provision")
    assert json.loads(said("parity", "--json"))["verdict"] == "pass"
    assert names(fresh) == ["blue-banded-bee", "blue-banded-bee-staging"]
    assert f"supabase               {version} at" in said("doctor")
    assert json.loads(said("status", "--json"))["project"]["status"] == "ACTIVE_HEALTHY"
    said("destroy", "--confirm", "blue-banded-bee-staging")
    assert names(fresh) == ["blue-banded-bee"]
    used = [json.loads(line)["program"] for line in fresh.calls()]
    assert set(used) == {"flyctl"}
