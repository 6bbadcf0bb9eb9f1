"""Why a check fails, in one line."""

LONGEST = 300


class Evidence(AssertionError):
    """What was asked, what should have come, and what came; `str` is one line."""

    def __init__(self, where: str, *, expected: str, got: object) -> None:
        super().__init__(f"{where}: expected {expected}, got {shown(got)}")


def shown(value: object) -> str:
    """A value on one line, cut where nobody reads on."""
    text = " ".join((value if isinstance(value, str) else repr(value)).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def require(truth: object, where: str, *, expected: str, got: object) -> None:
    """Fail with evidence unless it is true."""
    if not truth:
        raise Evidence(where, expected=expected, got=got)
