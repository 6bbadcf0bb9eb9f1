"""The further parts of a trial that are asked for: under traffic, the square, the way back."""

from dataclasses import dataclass
from functools import partial

from staging.errors import ConfigurationError
from staging.operations.rehearsing import square as squares
from staging.operations.rehearsing import traffic, wayback
from staging.operations.rehearsing.run import Further


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a command line asks for beside the trial itself."""

    under_traffic: bool = False
    square: bool = False
    image: str = ""
    way_back: bool = False
    everything: bool = False


def asked(wanted: Wanted, *, rows: int, allowed: float) -> dict[str, Further]:
    """By the names of Rehearsed's fields, in the order in which they are tried."""
    square = wanted.square or (wanted.everything and bool(wanted.image))
    image = wanted.image
    if square != bool(image):
        raise ConfigurationError(
            "--square and --image belong together.",
            detail="The square is the application that runs, and the image that comes after it.",
        )
    found: dict[str, Further] = {}
    if wanted.way_back or wanted.everything:
        found["way_back"] = partial(wayback.of_clouds, rows=rows)
    if wanted.under_traffic or wanted.everything:
        found["traffic"] = partial(traffic.under_traffic, allowed=allowed)
    if square:
        found["square"] = partial(squares.square, image=image)
    return found
