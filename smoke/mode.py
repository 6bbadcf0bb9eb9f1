"""How much a run does: all of it, what a deploy waits for, or nothing that changes anything."""

from collections.abc import Mapping
from enum import StrEnum

from staging.errors import ConfigurationError

NO_CHANGE = frozenset({"GET", "HEAD"})


class Mode(StrEnum):
    """`quick` takes seconds, and crawls no site; `readonly` may be pointed at production."""

    FULL = "full"
    QUICK = "quick"
    READONLY = "readonly"

    @property
    def left_out(self) -> str:
        """Why a check is not run that the mode has no time or no permission for."""
        return f"--{self} leaves it out"

    def sends(self, method: str, *, bearer: bool, guarded: bool) -> bool:
        """Whether a request may leave; what is refused without a token changes nothing."""
        return self is not Mode.READONLY or method in NO_CHANGE or (guarded and not bearer)


LEFT_OUT = frozenset(mode.left_out for mode in Mode)


def read(variables: Mapping[str, str]) -> Mode:
    """The mode that SMOKE_MODE names; the whole, unless it says less."""
    name = variables.get("SMOKE_MODE") or Mode.FULL
    try:
        return Mode(name)
    except ValueError:
        known = ", ".join(Mode)
        problem = f"SMOKE_MODE: {name!r} is no mode that smoke knows."
        raise ConfigurationError(problem, remedy=f"The modes are {known}.") from None
