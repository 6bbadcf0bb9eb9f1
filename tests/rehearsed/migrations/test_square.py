"""Old and new application on old and new schema: each order of a release is found, on staging."""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.rehearsed.checkout import Checkout, checkout
from tests.rehearsed.migrations.staged import IMAGE, NAME, database, standing, tried, written

EXPANDS = "alter table public.jobs add column priority integer not null default 0;"
CONTRACTS = "alter table public.jobs drop column source_type;"
RENAMES = "alter table public.jobs rename column source_type to origin;"
IN_THE_MIDDLE = "the new application on the new schema …"

pytestmark = pytest.mark.nightly


@pytest.fixture
def mirror() -> Iterator[Checkout]:
    """A mirror of a test's own: it is left in the middle of a change."""
    with checkout() as made:
        assert made.run("invoke", "provision").returncode == 0
        yield made


@pytest.mark.parametrize(
    ("forward", "image", "order", "corners", "code"),
    [
        (EXPANDS, "needs-column", "migrate first", "pass fail pass pass", 0),
        (EXPANDS, "deployment-02", "any", "pass pass pass pass", 0),
        (CONTRACTS, "does-without-column", "deploy first", "pass pass pass fail", 1),
        (RENAMES, "needs-renamed-column", "refused", "pass fail pass fail", 1),
        (EXPANDS, "crash", "refused", "pass fail fail pass", 1),
    ],
)
def test_the_order_that_works_is_found_and_staging_put_back(
    provisioned: Checkout, forward: str, image: str, order: str, corners: str, code: int
) -> None:
    written(provisioned, forward)
    before = standing(provisioned)
    found = tried(provisioned, "--square", "--image", IMAGE.format(image), code=code)
    square = found["square"]
    assert square["order"] == order
    assert [each["verdict"] for each in square["corners"]] == corners.split()
    assert square["not_put_back"] == []
    assert standing(provisioned) == before


def test_a_rollback_does_not_bring_an_image_that_was_only_tried(mirror: Checkout) -> None:
    written(mirror, EXPANDS)
    assert tried(mirror, "--square", "--image", IMAGE.format("deployment-02"), code=0)
    done = mirror.run("invoke", "rollback")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "deployment-02" not in done.stdout


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_in_the_middle_is_put_back(mirror: Checkout, sign: int) -> None:
    written(mirror, EXPANDS)
    before = standing(mirror)
    running = mirror.start(
        *("invoke", "migrations.rehearse", "--rows", "200", "--square", "--image"),
        IMAGE.format("deployment-02"),
    )
    reached(running, IN_THE_MIDDLE)
    running.send_signal(sign)
    running.communicate(timeout=120)
    if sign == signal.SIGINT:
        assert running.returncode == 130
    else:
        assert "priority" in str(standing(mirror))
        written(mirror, "")  # a deploy would apply what is pending, after it has put back
        again = mirror.run("invoke", "deploy", "--image", IMAGE.format("deployment-01"))
        assert again.returncode == 0, again.stdout + again.stderr
        assert "did not come to its end" in again.stderr
    assert standing(mirror) == before


def test_where_staging_is_ahead_of_production_nothing_is_changed(mirror: Checkout) -> None:
    written(mirror, EXPANDS)
    database(
        mirror,
        f"{EXPANDS} insert into supabase_migrations.schema_migrations (version) "
        f"values ('{NAME.partition('_')[0]}')",
    )
    before = standing(mirror)
    found = tried(mirror, "--square", "--image", IMAGE.format("deployment-02"), code=6)
    assert found["square"]["corners"] == []
    assert "staging is ahead by 20990101000000" in found["square"]["error"]
    assert standing(mirror) == before


def reached(running: "subprocess.Popen[str]", words: str) -> None:
    """Wait until it says so."""
    assert running.stderr
    deadline = time.monotonic() + 200
    for line in running.stderr:
        if words in line:
            return
        assert time.monotonic() < deadline
    pytest.fail(f"it ended before it said: {words}")
