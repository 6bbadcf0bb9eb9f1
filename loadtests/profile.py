"""What kind of run is asked for, as data: a file of profiles/, checked and frozen."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loadtests.mix import CREATES, MIXES, Errand, mixed
from loadtests.own import errand
from loadtests.schedule import Stage
from staging.errors import ConfigurationError
from staging.settings.checks import nearest

FOLDER = Path(__file__).with_name("profiles")
SCHEMA = Path(__file__).with_name("profile.schema.json")
USUAL = "quick"
READS = ("GET", "HEAD")
GENTLE = "gentle"
"""The one profile that production may be put under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How the limit is looked for: see staging/rules/knee.py."""

    start: float
    growth: float
    precision: float
    rounds: int
    trial_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How the workers are tried: each rate (jobs a second) for so long, jobs of so many pages."""

    rates: tuple[float, ...]
    step_seconds: float
    pages: int
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """How long to measure before and after what is done during the traffic."""

    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """How two targets take turns: so often A B B A, the first seconds of each block left out."""

    number: int
    warm_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of run. `side_by_side` says of a benchmark that endpoints are asked in turn.

    `own` are errands of the application's own, beside those of the table.
    """

    name: str
    about: str
    kind: str
    model: str
    users: int
    think_seconds: float
    weights: Mapping[str, float]
    stages: tuple[Stage, ...]
    side_by_side: bool = False
    abort: bool = True
    search: Search | None = None
    queue: Queue | None = None
    phases: Phases | None = None
    pairs: Pairs | None = None
    own: tuple[Errand, ...] = ()

    @property
    def seconds(self) -> float:
        """How long requests are due."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def rate(self) -> float:
        """The highest rate; of the closed model that of answers that take no time."""
        if self.closed:
            return self.users / self.think_seconds
        return max(max(stage.start_rate, stage.end_rate) for stage in self.stages)

    @property
    def closed(self) -> bool:
        """Whether users wait for their answers."""
        return self.model == "closed"

    @property
    def reads(self) -> bool:
        """Whether nothing is changed by it."""
        return CREATES not in self.weights and all(e.method in READS for e in self.own)

    def errands(self, weights: Mapping[str, float]) -> tuple[Errand, ...]:
        """What is asked: the profile's mix, with somebody's weights in place of its own.

        A mix that reads stays one that reads; a benchmark asks all alike, or leaves one out.
        """
        own = tuple(replace(e, weight=weights.get(e.name, e.weight)) for e in self.own)
        own = tuple(e for e in own if e.weight > 0)
        weights = {name: n for name, n in weights.items() if name not in {e.name for e in self.own}}
        if self.kind == "benchmark":
            asked: Mapping[str, float] = {name: weights.get(name) != 0 for name in self.weights}
        else:
            given = {name: n for name, n in weights.items() if name != CREATES or not self.reads}
            asked = {**self.weights, **given}
        return own + mixed(asked) if asked or not own else own


def names() -> tuple[str, ...]:
    """The profiles that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def profile(name: str) -> Profile:
    """The profile of that name, or of a file if the name ends in .toml."""
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if path.parent == FOLDER and name not in names():
        raise ConfigurationError(
            f"There is no profile {name!r}{nearest(name, names())}.",
            detail=f"Expected one of {', '.join(names())}, or a file NAME.toml.",
        )
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The profile {name} cannot be read.", detail=str(error)) from None
    _check(document, name)
    if document.get("model") == "closed" and not (
        document["kind"] == "stages" and document.get("think_seconds", 0) > 0
    ):
        raise ConfigurationError(
            f"The profile {name} cannot be of the closed model.",
            detail='That takes kind = "stages" and think_seconds of more than 0.',
        )
    return _profile(path.stem, document)


def scaled(
    found: Profile, *, rate: float | None, seconds: float | None, users: int | None
) -> Profile:
    """The same with another highest rate, length and number of users; its form stays."""
    if rate and found.closed:
        raise ConfigurationError(
            f"--rate cannot be given to {found.name}: users of the closed model make their own.",
            remedy="Use --users.",
        )
    faster = rate / found.rate if rate else 1.0
    longer = seconds / found.seconds if seconds else 1.0
    stages = tuple(
        Stage(s.seconds * longer, s.start_rate * faster, s.end_rate * faster) for s in found.stages
    )
    return replace(found, stages=stages, users=users or found.users)


def _check(document: dict[str, Any], name: str) -> None:
    from jsonschema import Draft202012Validator  # costs 0.2 s, so not at the top
    from jsonschema.exceptions import best_match

    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    if wrong := best_match(validator.iter_errors(document)):
        where = ".".join(map(str, wrong.absolute_path)) or "the document"
        raise ConfigurationError(f"The profile {name}: {where}: {wrong.message[:200]}.")


def _profile(name: str, entry: dict[str, Any]) -> Profile:
    own = entry.get("weights", {})
    kinds = ("search", "queue", "phases", "pairs")
    search, queue, phases, pairs = (entry.get(key) for key in kinds)
    return Profile(
        name=name,
        about=entry["about"],
        kind=entry["kind"],
        model=entry.get("model", "open"),
        users=entry["users"],
        think_seconds=entry.get("think_seconds", 0.0),
        weights={**MIXES[entry["mix"]], **own},
        stages=tuple(Stage(**stage) for stage in entry["stages"]),
        side_by_side=entry.get("side_by_side", False),
        abort=entry.get("abort", True),
        search=Search(**search) if search else None,
        queue=Queue(**{**queue, "rates": tuple(queue["rates"])}) if queue else None,
        phases=Phases(**phases) if phases else None,
        pairs=Pairs(**pairs) if pairs else None,
        own=tuple(map(errand, entry.get("endpoints", ()))),
    )
