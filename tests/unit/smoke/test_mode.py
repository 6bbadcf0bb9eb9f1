"""How much a run does, and what may leave it."""

import pytest

from smoke.mode import Mode, read
from staging.errors import ConfigurationError


@pytest.mark.parametrize(
    ("mode", "method", "bearer", "guarded", "sent"),
    [
        (Mode.FULL, "DELETE", True, True, True),
        (Mode.QUICK, "POST", True, False, True),
        (Mode.READONLY, "GET", True, True, True),
        (Mode.READONLY, "HEAD", False, False, True),
        (Mode.READONLY, "POST", False, True, True),  # it can only be refused
        (Mode.READONLY, "POST", True, True, False),
        (Mode.READONLY, "POST", False, False, False),  # anybody may, so it would be done
        (Mode.READONLY, "PATCH", True, False, False),
        (Mode.READONLY, "OPTIONS", False, False, False),
    ],
)
def test_what_may_be_sent(
    mode: Mode, method: str, *, bearer: bool, guarded: bool, sent: bool
) -> None:
    assert mode.sends(method, bearer=bearer, guarded=guarded) is sent


@pytest.mark.parametrize(
    ("said", "mode"), [("", Mode.FULL), ("quick", Mode.QUICK), ("readonly", Mode.READONLY)]
)
def test_the_mode_is_read(said: str, mode: Mode) -> None:
    assert read({"SMOKE_MODE": said}) is mode


def test_a_mode_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="'fast' is no mode") as told:
        read({"SMOKE_MODE": "fast"})
    assert "full, quick, readonly" in str(told.value)
