"""Which machines a deploy has left behind."""

import pytest

from staging.inventory import Guest, Machine
from staging.rules.leftover import leftover


def machine(name: str, group: str = "app") -> Machine:
    return Machine(
        id=name,
        state="started",
        region="syd",
        process_group=group,
        digest="d",
        image="i",
        tagged="t",
        guest=Guest(cpu_kind="shared", cpus=1, memory_mb=1024),
        healthy=None,
        config={},
    )


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        (["a"], ["a"], []),
        (["a"], ["a", "canary"], ["canary"]),
        (["z"], ["z", "canary"], ["canary"]),
        (["a", "b"], ["green1", "green2"], []),  # a blue-green deploy that came through
        (["a", "b"], ["a", "b", "green1", "green2"], ["green1", "green2"]),
        (["a", "b"], ["b", "green1", "green2"], ["green1"]),  # blue was half gone
        (["a", "b"], ["a"], []),  # what is missing is not made up for here
        ([], ["a"], []),  # nothing is known of what there was
    ],
)
def test_each_group_keeps_as_many_as_it_had(
    before: list[str], now: list[str], gone: list[str]
) -> None:
    found = leftover(dict.fromkeys(before, "app"), [machine(name) for name in now])
    assert [each.id for each in found] == gone


def test_a_group_is_counted_by_itself() -> None:
    now = [machine("a"), machine("w", "worker"), machine("x", "worker")]
    found = leftover({"a": "app", "w": "worker"}, now)
    assert [each.id for each in found] == ["x"]
