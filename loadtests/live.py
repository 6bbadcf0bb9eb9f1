"""The live view on stderr: redrawn in place on a terminal, a line every few seconds elsewhere."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from loadtests.latency import at
from loadtests.standing import Standing
from loadtests.text import progress
from staging.rules.limits import Limit
from staging.rules.objectives import Outcome

DRAWN, TOLD, NOTED = 0.5, 2.0, 5.0
"""Seconds from one picture, or one line, to the next."""

BAR = 30
COLOURS = {Outcome.PASS: "32", Outcome.FAIL: "31", Outcome.INVALID: "33"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How it goes: `latest` are the latencies of the last `interval` seconds, `errors` all."""

    passed: float
    seconds: float
    interval: float
    planned: float
    latest: Sequence[float]
    errors: int


class View:
    """One run's. Whatever else is printed meanwhile goes by `say`, so that nothing is torn."""

    def __init__(
        self,
        asked: tuple[Limit, ...] = (),
        *,
        stream: TextIO | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._asked, self._stream = asked, stream or sys.stderr
        dumb = environment.get("TERM", "dumb") == "dumb"
        plain = dumb or environment.get("NO_COLOR") or environment.get("CI")
        self._redraws = self._stream.isatty() and not plain
        self._standing = Standing(asked)
        self._part = ""
        self._drawn = 0
        self._noted = 0.0

    @property
    def every(self) -> float:
        """Seconds after which it wants to be told again."""
        return DRAWN if self._redraws else TOLD

    def begin(self, part: str = "") -> None:
        """What follows is a part of the run that is judged by itself."""
        self._part, self._standing = part, Standing(self._asked)

    def plain(self) -> None:
        """From now on lines: another program writes to the same terminal."""
        self.close()
        self._redraws = False

    def tell(self, now: Now) -> None:
        """Show how it goes."""
        self._standing.count(now.latest, now.errors)
        if self._redraws:
            self._put(self._picture(now))
        else:
            self.say(self._line(now))

    def say(self, line: str) -> None:
        """A line that stays."""
        self.close()
        print(line, file=self._stream, flush=True)

    def note(self, line: str) -> None:
        """A line that is true for now; where it would stay, only every few seconds."""
        if self._redraws:
            self._put([(line, "")])
        elif time.monotonic() - self._noted >= NOTED:
            self._noted = time.monotonic()
            self.say(line)

    def close(self) -> None:
        """Take the picture away."""
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}F\x1b[J")
            self._stream.flush()
            self._drawn = 0

    def _line(self, now: Now) -> str:
        outcome, _ = self._standing.verdict
        told = progress(
            passed=now.passed,
            seconds=now.seconds,
            interval=now.interval,
            latest=now.latest,
            errors=now.errors,
        )
        part = f"  {self._part}" if self._part else ""
        return f"{part}{told}, so far: {outcome.value}"

    def _put(self, lines: list[tuple[str, str]]) -> None:
        columns = self._columns()
        self.close()
        for words, colour in lines:
            shown = words[: columns - 1]
            drawn = f"\x1b[{colour}m{shown}\x1b[0m" if colour else shown
            self._stream.write(f"{drawn}\n")
        self._stream.flush()
        self._drawn = len(lines)

    def _picture(self, now: Now) -> list[tuple[str, str]]:
        """Each line with its colour."""
        outcome, why = self._standing.verdict
        ordered = sorted(now.latest)
        p50, p95, p99 = (f"{at(ordered, f):.0f}" if ordered else "-" for f in (0.5, 0.95, 0.99))
        rate, errors = len(ordered) / max(now.interval, 1e-9), now.errors
        share = 100 * errors / max(self._standing.samples, 1)
        return [
            (f"  {self._part or 'load'}: {self._way(now)}", ""),
            (f"  rate    {rate:8.1f}/s of {now.planned:.1f}/s planned", ""),
            (f"  latency p50 {p50}, p95 {p95}, p99 {p99} ms", ""),
            (f"  errors  {errors:8} ({share:.2f} %)", COLOURS[Outcome.FAIL] if errors else ""),
            (f"  so far: {outcome.value} ({why})", COLOURS[outcome]),
        ]

    def _way(self, now: Now) -> str:
        if now.passed > now.seconds:
            return "waiting for late answers"
        done = int(BAR * now.passed / max(now.seconds, 1e-9))
        bar = f"[{'#' * done}{'.' * (BAR - done)}]"
        return f"{bar} {now.passed:.0f} of {now.seconds:.0f} s"

    def _columns(self) -> int:
        with suppress(OSError, ValueError):
            return max(20, os.get_terminal_size(self._stream.fileno()).columns)
        return 80
