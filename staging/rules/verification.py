"""From reports to the plan's items: met, not met, or not proved. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from staging.rules.criteria import Ask, Item
from staging.rules.probes import answer

Outcome = Literal["met", "not met", "not proved"]
Verdict = Literal["pass", "fail", "invalid"]
OF: Mapping[bool | None, Outcome] = {True: "met", False: "not met", None: "not proved"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One report as evidence: when it was made, of which image, where it is, how it was made.

    `unfit` says why it counts for nothing; its content is then not looked at. `seconds` is how
    long it took if it was made just now.
    """

    name: str
    command: str
    path: str
    at: str
    digest: str
    unfit: str
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer: which report was asked what, and the figure that it gave."""

    source: str
    what: str
    outcome: Outcome
    figure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One promise of the plan with all of its answers."""

    id: str
    group: str
    title: str
    outcome: Outcome
    answers: tuple[Told, ...]


def judge(
    items: Sequence[Item], sources: Mapping[str, Source], reports: Mapping[str, Mapping[str, Any]]
) -> tuple[Judged, ...]:
    """Each item by the reports that are fit to be evidence."""
    return tuple(_item(item, sources, reports) for item in items)


def verdict(items: Sequence[Judged]) -> Verdict:
    """What is not met fails the whole; what is not proved leaves it unproved."""
    outcomes = {item.outcome for item in items}
    if "not met" in outcomes:
        return "fail"
    return "pass" if outcomes == {"met"} else "invalid"


def _item(
    item: Item, sources: Mapping[str, Source], reports: Mapping[str, Mapping[str, Any]]
) -> Judged:
    answers = tuple(_told(ask, sources.get(ask.source), reports) for ask in item.asks)
    outcomes = {each.outcome for each in answers}
    worst: Outcome = "not proved" if "not proved" in outcomes or not answers else "met"
    return Judged(
        id=item.id,
        group=item.group,
        title=item.title,
        outcome="not met" if "not met" in outcomes else worst,
        answers=answers,
    )


def _told(ask: Ask, source: Source | None, reports: Mapping[str, Mapping[str, Any]]) -> Told:
    unfit = "nobody has asked" if source is None else source.unfit
    said, figure = (None, unfit) if unfit else answer(ask.probe, reports[ask.source], ask.name)
    return Told(source=ask.source, what=ask.what, outcome=OF[said], figure=figure)
