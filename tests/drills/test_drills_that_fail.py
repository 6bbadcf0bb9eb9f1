"""Drills see what is not as it should be: each with an application or a setting that is wrong."""

import subprocess

from tests.rehearsed.checkout import Checkout, checkout
from tests.rehearsed.drilling import APP, IMAGE, drill, drillable, failed, put_back


def test_an_image_that_is_good_fails_the_drill_that_expects_it_to_be_refused() -> None:
    with checkout() as made:
        made.edit("[drills.images]", f'[drills.images]\ngood = "{IMAGE.format("deployment-02")}"')
        assert made.run("invoke", "provision").returncode == 0
        found = drill(made, "image-good", code=1)
        assert "saw: nothing" in failed(found)["it is not accepted"]
        assert put_back(made)


def test_tokens_that_are_accepted_for_ever_fail_the_drill() -> None:
    with drillable() as made:
        with (made.root / "rehearsal" / "images.toml").open("a") as images:
            images.write('\n[forgiving]\nversion = "0.4.1"\nfaults = ["accepts-expired"]\n')
        _put(made, "forgiving")
        found = drill(made, "token-expired", code=1)
        assert failed(found).keys() == {"it is refused with 401 after its expiry"}


def test_tasks_that_are_never_taken_again_fail_the_drill() -> None:
    with drillable(stuck='BEE_STUCK_SECONDS = "3600"') as made:
        found = drill(made, "worker-killed", code=1)["drills"][0]
        assert found["jobs"]["lost"]
        assert put_back(made)


def test_an_application_that_is_not_well_before_proves_nothing() -> None:
    with drillable() as made:
        _put(made, "no-database")
        found = drill(made, "lock-held", code=6)
        assert "did not happen" in failed(found)["the drill is carried out"]


def _put(made: Checkout, tag: str) -> None:
    """By flyctl, which does not judge."""
    flyctl = str(made.root / "rehearsal" / "bin" / "flyctl")
    words = ("deploy", "--app", APP, "--config", "fly.staging.toml", "--image", IMAGE.format(tag))
    given = made.environment({"FLY_API_TOKEN": _token(made)})
    done = subprocess.run(
        [flyctl, *words, "--ha=false", "--dns-checks=false", "--yes"],
        cwd=made.root,
        env=given,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr + done.stdout


def _token(made: Checkout) -> str:
    lines = (made.root / ".rehearsal" / "environment").read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return found["FLY_API_TOKEN"].strip("\"'")
