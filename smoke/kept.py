"""A token of an earlier run, kept until it has expired: only an issuer can make such a one.

It lies in the file that SMOKE_KEPT_TOKEN names, for this user alone.
"""

import os
import time
from pathlib import Path

from smoke.forged import claims
from staging.secret import Secret

SURELY = 90.0
"""Seconds past its end; clocks differ, and a minute's leeway is common."""


def expired(path: Path) -> Secret | None:
    """The kept token, if there is one and its time is over."""
    try:
        token = Secret(path.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return token if 0 < _ends(token) < time.time() - SURELY else None


def keep(path: Path, token: Secret) -> None:
    """Keep this run's token for a later one, unless another is still ripening."""
    try:
        if 0 < _ends(Secret(path.read_text("ascii"))) > time.time() - SURELY:
            return
    except (OSError, ValueError):
        pass
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(token.reveal())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # the next run proves one thing less, and says so


def _ends(token: Secret) -> float:
    ends = claims(token).get("exp")
    return float(ends) if isinstance(ends, int | float) else 0.0
