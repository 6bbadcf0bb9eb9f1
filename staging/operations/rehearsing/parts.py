"""The further parts of a trial that are asked for: under traffic, the square, the way back."""

from functools import partial

from staging.errors import ConfigurationError
from staging.operations.rehearsing import square as squares
from staging.operations.rehearsing import wayback
from staging.operations.rehearsing.run import Further


def asked(*, square: bool, image: str, way_back: bool, rows: int) -> dict[str, Further]:
    """By the names of Rehearsed's fields, in the order in which they are tried."""
    if square != bool(image):
        raise ConfigurationError(
            "--square and --image belong together.",
            detail="The square is the application that runs, and the image that comes after it.",
        )
    found: dict[str, Further] = {}
    if way_back:
        found["way_back"] = partial(wayback.of_clouds, rows=rows)
    if square:
        found["square"] = partial(squares.square, image=image)
    return found
