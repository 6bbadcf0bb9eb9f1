"""`invoke deploy`: success means that the image runs and is well, not that flyctl says so."""

import json

import pytest

from tests.rehearsed.checkout import Checkout

IMAGE = "registry.fly.io/blue-banded-bee:{}"


def test_a_good_image_runs_on_every_machine(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "deploy", "--image", IMAGE.format("deployment-02"), "--json")
    assert done.returncode == 0, done.stderr
    digest = json.loads(done.stdout)["digest"]
    status = json.loads(provisioned.run("invoke", "status", "--json").stdout)
    assert {machine["digest"] for machine in status["machines"]} == {digest}


@pytest.mark.parametrize(
    ("tag", "code", "told"),
    [
        ("no-such-tag", 3, "registry does not have the image"),
        ("crash", 3, "exits as soon as it starts"),
        ("sick", 1, "healthy answer"),
    ],
)
def test_a_bad_image_fails_the_deploy(
    provisioned: Checkout, tag: str, code: int, told: str
) -> None:
    words = ("invoke", "deploy", "--wait", "8", "--image", IMAGE.format(tag))
    done = provisioned.run(*words)
    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
