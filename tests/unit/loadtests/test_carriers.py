"""Who carries a run: processes here, or workers that LOAD_WORKERS names."""

import importlib.metadata
import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from loadtests.carriers import Remote, remotes, without_secrets
from loadtests.order import order
from loadtests.wire import doubt, offset
from staging.errors import ConfigurationError

ROOT = Path(__file__).parents[3]
TWO = json.dumps([{"place": f"m{n}", "argv": ["flyctl", "ssh", str(n)]} for n in (1, 2)])


def test_workers_elsewhere_are_as_many_as_said() -> None:
    found = remotes({"LOAD_WORKERS": TWO}, workers=2)
    assert found[1] == Remote("m2", ("flyctl", "ssh", "2"))
    with pytest.raises(ConfigurationError, match="not as many"):
        remotes({"LOAD_WORKERS": TWO}, workers=3)


def test_without_the_variable_they_are_here() -> None:
    environment = {"STAGING_BASE_URL": "http://127.0.0.1:1"}
    assert order(["--workers", "2"], environment).remotes == ()
    assert len(order(["--workers", "2"], environment | {"LOAD_WORKERS": TWO}).remotes) == 2


@pytest.mark.parametrize("text", ["{", "[1]", '[{"place": "a"}]', '[{"place":"a","argv":"b"}]'])
def test_a_list_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError, match="LOAD_WORKERS cannot be read"):
        remotes({"LOAD_WORKERS": text}, workers=1)


def test_the_program_that_reaches_a_worker_is_given_nothing_of_the_run() -> None:
    given = {"PATH": "p", "FLY_API_TOKEN": "t", "STAGING_ACCESS_TOKEN": "s", "SMOKE_PASSWORD": "s"}
    given |= {"LOAD_WORKERS": TWO, "SUPABASE_ACCESS_TOKEN": "s", "PRODUCTION_DATABASE_URL": "s"}
    assert without_secrets(given) == {"PATH": "p", "FLY_API_TOKEN": "t"}


def test_a_clock_is_known_as_well_as_its_shortest_round_trip() -> None:
    samples = [(10.0, 15.4, 11.0), (12.0, 17.01, 12.02), (13.0, 18.3, 13.5)]
    assert offset(samples) == pytest.approx(5.0)
    assert doubt(samples) == pytest.approx(0.01)


def test_the_image_has_what_locust_takes_as_it_is_pinned_here() -> None:
    pinned, image = (
        (ROOT / p).read_text() for p in ("requirements.txt", "loadtests/requirements.txt")
    )
    blocks = re.split(r"(?m)^(?=\w)", image)
    assert [block for block in blocks if block not in pinned] == []
    assert _taken("locust") <= {_plain(re.split("==", block)[0]) for block in blocks}


def _taken(name: str) -> set[str]:
    """What a distribution needs, and what that needs, as it is installed here."""
    waiting, found = [(name, "")], set[tuple[str, str]]()
    while waiting:
        if (each := waiting.pop()) in found:
            continue
        found.add(each)
        for text in importlib.metadata.requires(each[0]) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": each[1]}):
                waiting += [(_plain(need.name), extra) for extra in ("", *need.extras)]
    return {name for name, _ in found}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
