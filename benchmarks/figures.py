"""What a benchmark found, beside what it was to find."""

import os
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number as it is told; `kept` says whether it is as it was wanted, None if nobody asks."""

    name: str
    seen: str
    wanted: str = ""
    kept: bool | None = None

    @property
    def line(self) -> str:
        """For a reader."""
        word = {True: "kept", False: "MISSED", None: ""}[self.kept]
        asked = f" ({self.wanted})" if self.wanted else ""
        return f"{word:7}{self.name}: {self.seen}{asked}"


def tell(figure: Figure) -> Figure:
    """Print it as soon as it is known."""
    print(figure.line, flush=True)
    return figure


def exit_code(found: Iterable[Figure]) -> int:
    """Tell each as soon as it is known; 1 if one was missed."""
    return int(False in {tell(figure).kept for figure in found})


def machine() -> str:
    """What the figures were seen on: they are worth no more than it was quiet."""
    return f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}"
