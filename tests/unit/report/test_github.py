"""What GitHub's runner reads: annotations beside their place, outputs that stay on their line."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from staging.report.github import annotated, complaints, outputs


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("It is so.", "::error title=deploy::It is so."),
        ("50 %\r\n::error::no", "::error title=deploy::50 %25%0D%0A::error::no"),
        ("staging.toml is wrong", "::error file=staging.toml,title=deploy::staging.toml is wrong"),
        ("staging.toml:3: no", "::error file=staging.toml,line=3,title=deploy::staging.toml:3: no"),
        (
            "staging.toml is not TOML.\nExpected ']' (at line 12, column 3)",
            "::error file=staging.toml,line=12,title=deploy::"
            "staging.toml is not TOML.%0AExpected ']' (at line 12, column 3)",
        ),
        (
            "zizmor: ci.yml:7:1: odd",
            "::error file=.github/workflows/ci.yml,line=7,title=deploy::zizmor: ci.yml:7:1: odd",
        ),
        ("other.toml:3 is not here", "::error title=deploy::other.toml:3 is not here"),
        ("/etc/staging.toml:3", "::error title=deploy::/etc/staging.toml:3"),
    ],
)  # fmt: skip
def test_an_annotation_names_the_place_that_there_is(
    tmp_path: Path, problem: str, told: str
) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yml").touch()
    (tmp_path / "staging.toml").touch()
    assert annotated(problem, title="deploy", root=tmp_path) == told


def test_a_title_cannot_end_the_fields() -> None:
    assert annotated("x", title="a,b::c", root=Path("/nowhere")) == "::error title=a%2Cb%3A%3Ac::x"


@dataclass(frozen=True)
class Deployed:
    url: str


@dataclass(frozen=True)
class Told:
    verdict: str = ""
    url: str = ""
    deployed: Deployed | None = None
    reason: str = ""
    findings: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (Told(verdict="pass", url="https://x"), {"verdict": "pass", "url": "https://x"}),
        (Told(deployed=Deployed("https://y")), {"url": "https://y"}),
        (Told(verdict="a\nurl=b"), {"verdict": "a url=b"}),
        (Told(), {}),
        ("a token", {}),
    ],
)
def test_outputs_are_of_results_alone(result: object, told: object) -> None:
    assert outputs(result) == told


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (Told(verdict="fail", reason="why"), ("why",)),
        (Told(verdict="fail", findings=("a", "b")), ("a", "b")),
        (Told(verdict="invalid"), ("The verdict is invalid.",)),
    ],
)
def test_what_is_wrong_is_told_by_a_result(result: object, told: object) -> None:
    assert complaints(result) == told
