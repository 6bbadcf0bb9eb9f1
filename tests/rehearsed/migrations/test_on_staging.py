"""All that is tried of a migration on staging itself, in one run; the rest is tried every night."""

from tests.rehearsed.checkout import Checkout
from tests.rehearsed.migrations.staged import IMAGE, blocked, standing, tried, written

FORWARD = """
alter table public.jobs add column priority integer not null default 0;
select pg_sleep(1.5);
"""
DOWN = "alter table public.jobs drop column priority;"


def test_users_that_wait_the_order_that_works_and_the_way_back_are_told(
    provisioned: Checkout,
) -> None:
    written(provisioned, FORWARD, down=DOWN)
    before = standing(provisioned)
    found = tried(provisioned, "--all", "--image", IMAGE.format("needs-column"), code=1)
    blocked(found)
    square, back = found["square"], found["way_back"]
    assert (square["order"], square["not_put_back"]) == ("migrate first", [])
    assert [each["verdict"] for each in square["corners"]] == ["pass", "fail", "pass", "pass"]
    assert (back["how"], back["error"], back["schema"]) == ("down", "", [])
    assert back["rows"] > 100
    assert all(table["after"] == table["before"] for table in back["tables"])
    assert standing(provisioned) == before
