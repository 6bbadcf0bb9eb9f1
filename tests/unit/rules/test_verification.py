"""From answers to items to a verdict; and that the items of the plan ask what can be asked."""

from typing import Any

import pytest

from staging.operations.witnesses import WITNESSES
from staging.rules.criteria import ITEMS, SUCCESS, Ask, Item
from staging.rules.probes import PROBES
from staging.rules.verification import Source, judge, verdict

YES, NO, NOTHING = {"verdict": "pass"}, {"verdict": "fail"}, {"verdict": "invalid"}


def source(name: str, unfit: str = "") -> Source:
    return Source(
        name=name, command=name, path=name, at="", digest="", unfit=unfit, seconds=None
    )  # fmt: skip


def outcomes(unfit: str = "", **reports: dict[str, Any]) -> tuple[str, ...]:
    """What an item that asks each report for its verdict comes to; one that asks the first."""
    asks = tuple(Ask(name, "verdict", "", "is it?") for name in reports)
    items = (Item("all", "g", "all", asks), Item("first", "g", "first", asks[:1]))
    judged = judge(items, {name: source(name, unfit) for name in reports}, reports)
    return (*(each.outcome for each in judged), verdict(judged))


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ({"a": YES, "b": YES}, ("met", "met", "pass")),
        ({"a": YES, "b": NO}, ("not met", "met", "fail")),
        ({"a": YES, "b": NOTHING}, ("not proved", "met", "invalid")),
        ({"a": NOTHING, "b": NO}, ("not met", "not proved", "fail")),
        ({}, ("not proved", "not proved", "invalid")),
    ],
)
def test_the_worst_answer_decides(reports: dict[str, Any], told: tuple[str, ...]) -> None:
    assert outcomes(**reports) == told


def test_what_is_unfit_is_not_looked_at_and_says_why() -> None:
    assert outcomes("it is of yesterday", a=YES, b=NO) == ("not proved", "not proved", "invalid")
    item = Item("x", "g", "x", (Ask("a", "verdict", "", "is it?"),))
    judged = judge((item,), {"a": source("a", "it is of yesterday")}, {"a": YES})
    assert judged[0].answers[0].figure == "it is of yesterday"


def test_what_nobody_asked_is_not_proved() -> None:
    item = Item("x", "g", "x", (Ask("a", "verdict", "", "is it?"),))
    assert judge((item,), {}, {})[0].outcome == "not proved"


def test_nothing_at_all_is_no_pass() -> None:
    assert verdict(()) == "invalid"


def test_each_item_asks_witnesses_that_there_are_by_probes_that_there_are() -> None:
    names = {each.name for each in WITNESSES}
    assert len({item.id for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        assert item.asks
        assert {ask.source for ask in item.asks} <= names
        assert {ask.probe for ask in item.asks} <= PROBES.keys()
    assert {ask.source for item in ITEMS for ask in item.asks} == names
    assert sum(item.group == SUCCESS for item in ITEMS) == 6


def test_load_runs_when_all_others_have() -> None:
    *others, load = WITNESSES
    assert set(load.after) == {each.name for each in others}
