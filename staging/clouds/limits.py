"""Time limits, longer or shorter all at once: STAGING_TIMEOUT_FACTOR, for slow networks."""

import math
import os

from staging.errors import ConfigurationError

NAME = "STAGING_TIMEOUT_FACTOR"


def limit(seconds: float) -> float:
    """The limit as this environment wants it."""
    text = os.environ.get(NAME) or "1"
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 < factor < math.inf:
        expected = "Expected a number above 0, such as 3 on a slow network."
        raise ConfigurationError(f"{NAME} is {text!r}.", detail=expected)
    return seconds * factor
