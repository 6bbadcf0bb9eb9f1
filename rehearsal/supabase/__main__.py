"""The stand-in supabase: `python -m rehearsal.supabase COMMAND …`."""

import importlib
import os
import signal
import sys
from types import FrameType

from rehearsal import standin
from rehearsal.supabase.line import Line, SupabaseError, compact, parse
from rehearsal.supabase.table import COMMANDS

VERSION = "3.1.0"
FAILED, INTERRUPTED = 1, 130


def main() -> None:
    """Run one command; exit 0, or 1 for every failure but interruption."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    argv = sys.argv[1:]
    recorded = standin.record("supabase", argv)
    line = Line("", (), {"output-format": "json"} if "json" in argv else {}, {})
    try:
        line = parse(argv, commands=COMMANDS)
        standin.connect()
        code = _run(line)
    except SupabaseError as error:
        error.tell(target=line.target, as_json=line.as_json)
        code = FAILED
    except standin.RehearsalError as error:
        SupabaseError("TransportError", str(error)).tell(target={}, as_json=line.as_json)
        code = FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    if not recorded:  # the world's folder may exist only now
        standin.record("supabase", argv)
    sys.exit(code)


def _run(line: Line) -> int:
    if line.has("version"):
        said = {"_tag": "Version", "name": "supabase", "version": VERSION}
        print(compact(said) if line.as_json else VERSION)
        return 0
    module, _, name = COMMANDS[line.name][0].partition(":")
    # Only the module that is needed: each import is part of every call's time.
    found = importlib.import_module(f"rehearsal.supabase.commands.{module}")
    code: int | None = getattr(found, name)(line)
    return code or 0


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (signal's signature)
    sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
