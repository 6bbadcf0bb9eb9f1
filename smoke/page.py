"""A run's result as one page that needs no network: verdict, evidence, exchanges, times."""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from smoke.exchanges import Exchange
from smoke.hidden import Hidden
from smoke.report import Run

if TYPE_CHECKING:
    from smoke.journeys.pictures import Picture

TEMPLATE = Path(__file__).with_name("page.html")
WIDTH = 420.0
"""Pixels of the longest bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long an endpoint took, in milliseconds; `half` and `whole` are lengths of its bars."""

    request: str
    count: int
    middle: float
    most: float
    half: float
    whole: float


def page(
    run: Run,
    exchanges: Sequence[Exchange],
    *,
    hidden: Hidden,
    pictures: "Sequence[Picture]" = (),
) -> str:
    """The page as HTML; secrets are masked before they become markup, which would disguise them."""
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: hidden.mask(value) if isinstance(value, str) else value,
    )
    of: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        of[exchange.of].append(exchange)
    template = made.from_string(TEMPLATE.read_text("utf-8"))
    shown = [(picture.title, b64encode(picture.png).decode()) for picture in pictures]
    return template.render(
        run=run,
        exchanges=exchanges,
        of=of,
        times=times(exchanges),
        width=WIDTH,
        pictures=shown,
    )


def times(exchanges: Sequence[Exchange]) -> list[Times]:
    """For each endpoint that answered, the slowest first."""
    taken: dict[str, list[float]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.status is not None:
            taken[exchange.request].append(exchange.seconds * 1000)
    longest = max((max(all_) for all_ in taken.values()), default=1.0) or 1.0
    found = [
        Times(
            request=request,
            count=len(all_),
            middle=median(all_),
            most=max(all_),
            half=median(all_) / longest * WIDTH,
            whole=max(all_) / longest * WIDTH,
        )
        for request, all_ in taken.items()
    ]
    return sorted(found, key=lambda one: -one.most)
