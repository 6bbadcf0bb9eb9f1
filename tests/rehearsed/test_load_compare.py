"""Two targets in turns."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from tests.rehearsed.load_site import ROOT, TOKEN, Site, finish, report, serve, start

SCHEMA = json.loads((ROOT / "loadtests" / "report.schema.json").read_text())
SHORT = """
about = "Six pairs in half a minute."
kind = "compare"
users = 10
mix = "reads"

[[stages]]
seconds = 26
start_rate = 30
end_rate = 30

[pairs]
number = 6
warm_seconds = 0
"""


def compared(folder: Path, site: Site, other: str, *more: str) -> tuple[int, str, dict[str, Any]]:
    (folder / "short.toml").write_text(SHORT)
    env = {"STAGING_BASE_URL": site.url, "STAGING_ACCESS_TOKEN": TOKEN}
    words = ("--profile", "short.toml", "--compare", other, *more)
    code, out, err = finish(start(folder, *words, env=env), timeout=120)
    found = report(folder) if (folder / "reports" / "load.json").exists() else {}
    if found:
        validate(found, SCHEMA)
    return code, out + err, found


def test_a_slower_target_is_found_to_be_worse(tmp_path: Path) -> None:
    with serve(delay=0.02) as site, serve(delay=0.2) as other:
        code, said, found = compared(tmp_path, site, other.url)
    told = found["comparison"]
    assert (code, found["verdict"], told["verdict"], told["pairs"]) == (1, "fail", "worse", 6), said
    assert told["rows"][0]["name"] == "p50"
    assert told["rows"][0]["change"] > 0.4
    assert "worse" in (tmp_path / "reports" / "load.html").read_text()
    assert site.requests > 100
    assert other.requests > 100


@pytest.mark.nightly
def test_two_that_are_alike_are_never_worse(tmp_path: Path) -> None:
    with serve(delay=0.03) as site, serve(delay=0.03) as other:
        code, said, found = compared(tmp_path, site, other.url)
    assert found["comparison"]["verdict"] in {"same", "inconclusive"}, said
    assert code == {"same": 0, "inconclusive": 6}[found["comparison"]["verdict"]]


@pytest.mark.nightly
def test_answers_that_are_wrong_are_no_comparison(tmp_path: Path) -> None:
    with serve() as site, serve(broken="/v1/plans") as other:
        code, said, _ = compared(tmp_path, site, other.url)
    assert code == 6, said
    assert "were wrong: it is not comparable" in said


@pytest.mark.parametrize(
    ("other", "more", "code", "why"),
    [
        ("https://blue-banded-bee.fly.dev", (), 5, "is production"),
        ("https://elsewhere.example", (), 5, "is neither staging nor this computer"),
        ("http://127.0.0.1:1", (), 3, "Nothing answers at http://127.0.0.1:1"),
        ("", (), 4, "belong together"),
    ],
)
def test_what_cannot_or_must_not_be_compared_is_refused(
    tmp_path: Path, other: str, more: tuple[str, ...], code: int, why: str
) -> None:
    with serve() as site:
        ended, said, _ = compared(tmp_path, site, other, *more)
    assert ended == code, said
    assert why in said


def test_too_short_a_run_is_said_to_be(tmp_path: Path) -> None:
    with serve() as site, serve() as other:
        code, said, _ = compared(tmp_path, site, other.url, "--seconds", "5")
    assert code == 4, said
    assert "Use --seconds 24 or more." in said
