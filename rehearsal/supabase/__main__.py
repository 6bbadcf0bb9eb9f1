"""The stand-in supabase: `python -m rehearsal.supabase COMMAND …`."""

import os
import signal
import sys
from types import FrameType

from rehearsal import standin
from rehearsal.supabase.line import Line, SupabaseError, parse
from rehearsal.supabase.table import COMMANDS

VERSION = "3.1.0"
FAILED, INTERRUPTED = 1, 130


def main() -> None:
    """Run one command; exit 0, or 1 for every failure."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    argv = sys.argv[1:]
    recorded = standin.record("supabase", argv)
    line = None
    try:
        standin.connect()
        line = parse(argv, commands=COMMANDS)
        code = _run(line)
    except SupabaseError as error:
        error.tell(as_json=line is None or line.as_json)
        code = FAILED
    except standin.RehearsalError as error:
        print(f"TransportError: {error}", file=sys.stderr)
        code = FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    if not recorded:  # the world's folder may exist only now
        standin.record("supabase", argv)
    sys.exit(code)


def _run(line: Line) -> int:
    if line.has("version"):
        print(VERSION)
        return 0
    line.command(line)
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (signal's signature)
    sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
