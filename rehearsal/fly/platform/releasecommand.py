"""What a release_command executes: the real program where there is one."""

import shutil
from collections.abc import Sequence

FAULT = "release-command-fails"


def argv(command: Sequence[str], *, faults: Sequence[str]) -> list[str]:
    """Return what to run for a release_command.

    A program that only production's image holds cannot be run here; it is taken as done, and says
    so in the log. An image with the fault `release-command-fails` fails whatever it names.
    """
    if FAULT in faults:
        return ["/bin/sh", "-c", "echo 'release_command failed'; exit 1"]
    if command and shutil.which(command[0]):
        return list(command)
    name = command[0] if command else ""
    return ["/bin/sh", "-c", 'echo "$1 is not on this machine: taken as done"', "sh", name]
