"""`python -m smoke.fuzz`: try the environment with made-up requests, and write fuzz.json."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from smoke import environment as environments
from smoke.fuzz.report import Run, document, text
from smoke.fuzz.running import Bounds, run
from smoke.hidden import Hidden
from smoke.mode import Mode
from staging.errors import (
    CONFIGURATION,
    INTERRUPTED,
    INVALID,
    NOT_SO,
    SUCCESS,
    Refused,
    StagingError,
)

EXAMPLES, SECONDS, SEED = 15, 120.0, 1
CODES = {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}


class Arguments(argparse.ArgumentParser):
    """A parser whose complaint is a mistake of usage, as everywhere here."""

    def error(self, message: str) -> NoReturn:
        """Say it in one line."""
        self.exit(CONFIGURATION, f"{self.prog}: {message}\n")


def main(words: Sequence[str] | None = None) -> int:
    """Run, tell, and give the exit code of the verdict."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was made is ended then, too
    try:
        bounds, hidden = _bounds(words), Hidden()
        found = environments.read(os.environ, hidden=hidden)
        if found.mode is Mode.READONLY:
            raise Refused("Made-up requests change what they find; SMOKE_MODE is readonly.")
        done = run(found, hidden=hidden, bounds=bounds)
        found.reports.mkdir(parents=True, exist_ok=True)
        written = json.dumps(document(done, hidden=hidden), indent=2) + "\n"
        (found.reports / "fuzz.json").write_text(written)
    except StagingError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; what was made is ended", file=sys.stderr)
        return INTERRUPTED
    return _told(done, hidden=hidden)


def _told(done: Run, *, hidden: Hidden) -> int:
    for line in text(done, hidden=hidden):
        print(line)
    return CODES[done.verdict]


def _bounds(words: Sequence[str] | None) -> Bounds:
    parser = Arguments(prog="smoke.fuzz", description=__doc__)
    add = parser.add_argument
    add("--seed", type=_natural, default=SEED, help="the same seed makes up the same requests")
    add("--examples", type=_natural, default=EXAMPLES, help="of each endpoint (%(default)s)")
    add("--seconds", type=float, default=SECONDS, help="at most, in all (%(default)s)")
    given = parser.parse_args(words)
    return Bounds(seed=given.seed, examples=max(1, given.examples), seconds=given.seconds)


def _natural(word: str) -> int:
    if not word.isdigit():
        raise argparse.ArgumentTypeError(f"{word!r} is no whole number")
    return int(word)


if __name__ == "__main__":
    sys.exit(main())
