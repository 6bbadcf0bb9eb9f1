"""`invoke destroy` killed with -9 in each call that ends something: run again, nothing is left."""

import json

import pytest

from tests.rehearsed.checkout import checkout
from tests.survival.killing import Moment, killed, quietly

APP = "blue-banded-bee-staging"
MOMENTS = [
    Moment(program, words, when)
    for program, words in (("supabase", "projects delete"), ("flyctl", "apps destroy"))
    for when in ("before", "after")
]


@pytest.mark.parametrize(
    ("name", "moments"), [("demo", MOMENTS), *(("staging", [each]) for each in MOMENTS[:2])]
)
def test_an_environment_whose_end_is_killed_ends_when_run_again(
    name: str, moments: list[Moment]
) -> None:
    """A preview's project ends before its app, so that it is known as ours at every moment."""
    app = APP if name == "staging" else f"{APP}-{name}"
    with checkout() as made:
        quietly(made.run("invoke", "provision", "--environment", name))
        words = ("invoke", "destroy", "--environment", name, "--confirm", app)
        for moment in moments:
            killed(made, moment, *words)
        quietly(made.run(*words))
        found = json.loads(made.run("rehearsal", "status", "--json").stdout)
        assert [each["app"] for each in found["apps"]] == ["blue-banded-bee"]
        assert [each["name"] for each in found["projects"]] == ["blue-banded-bee"]
        assert not (made.root / ".staging" / "fly.demo.toml").exists()
        assert json.loads((made.root / ".staging" / "credentials.json").read_text()) == {}
        assert "nothing to destroy" in quietly(made.run(*words)).stdout
