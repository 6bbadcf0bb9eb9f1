"""Where one result after the other is shown: a terminal's second screen, or lines."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from staging.operations.watch import Watched
from staging.report.lines import fitted, text
from staging.report.watch import line

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""The second screen without a cursor, and back: what stood there before stands there again."""
HOME, REST_OF_LINE, REST = "\x1b[H", "\x1b[K", "\x1b[J"
HINT = "Ctrl-C ends it."


@dataclass(slots=True)
class Screen:
    """Shows each result in the place of the one before, so that nothing scrolls or flickers."""

    stream: TextIO
    entered: bool = False
    left: bool = False

    def __call__(self, result: Watched) -> None:
        """Show it, as much as the terminal has room for."""
        if self.left:
            return
        size = shutil.get_terminal_size()
        told = f"{fitted(text(result), size.columns)}\n\n{HINT}".split("\n")
        shown = told[: max(1, size.lines)]
        self._write(("" if self.entered else ENTER) + HOME)
        self.entered = True
        self._write(f"{REST_OF_LINE}\r\n".join(shown) + REST_OF_LINE + REST)

    def leave(self) -> None:
        """Give the terminal back as it was; a second time is nothing."""
        if self.entered and not self.left:
            self.left = True
            self._write(LEAVE)

    def _write(self, what: str) -> None:
        with suppress(OSError, ValueError):  # the terminal may be gone
            self.stream.write(what)
            self.stream.flush()


@dataclass(slots=True)
class Lines:
    """Shows each result as a line, each message that went out as another; why none did, once."""

    stream: TextIO
    untold: str = ""

    def __call__(self, result: Watched) -> None:
        """Show it."""
        lines = [line(result), *(f"told: {each}" for each in result.told)]
        if result.untold != self.untold:
            self.untold = result.untold
            lines += [f"nobody is told: {self.untold}"] if self.untold else []
        print("\n".join(lines), file=self.stream, flush=True)
