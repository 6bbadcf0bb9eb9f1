"""The stand-in flyctl: `python -m rehearsal.fly COMMAND …`."""

import importlib
import os
import signal
import sys
from types import FrameType

from rehearsal import standin
from rehearsal.fly.failure import FAILED, INTERRUPTED, CommandError, Interrupted
from rehearsal.fly.flytoml import FlyTomlError
from rehearsal.fly.line import parse
from rehearsal.fly.table import COMMANDS


def main() -> None:
    """Run one command; exit 0, 1 for every failure, 127 when interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    argv = sys.argv[1:]
    recorded = standin.record("flyctl", argv)
    try:
        code = _run(argv)
    except (CommandError, FlyTomlError, standin.RehearsalError) as error:
        print(f"Error: {error}", file=sys.stderr)
        code = FAILED
    except Interrupted:
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    if not recorded:  # the world's folder may exist only now
        standin.record("flyctl", argv)
    sys.exit(code)


def _run(argv: list[str]) -> int:
    command, line = parse(argv, commands=COMMANDS)
    _keep_a_folder(os.environ.get("FLY_CONFIG_DIR", ""))
    module, _, name = command.where.partition(":")
    # Only the module that is needed: each import is part of every call's time.
    found = importlib.import_module(f"rehearsal.fly.commands.{module}")
    code: int | None = getattr(found, name)(line)
    return code or 0


def _keep_a_folder(name: str) -> None:
    """Make the folder of flyctl's configuration, as it does before any command; none by default."""
    try:
        if name:
            os.makedirs(name, mode=0o700, exist_ok=True)  # noqa: PTH103 (pathlib costs its import)
    except OSError as error:
        raise CommandError(f"failed creating config directory: {error}") from None


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (signal's signature)
    raise Interrupted


if __name__ == "__main__":
    main()
