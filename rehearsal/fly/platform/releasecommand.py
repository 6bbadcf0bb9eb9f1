"""What a release_command executes: the real program where there is one."""

from collections.abc import Sequence

FAULT = "release-command-fails"


def argv(command: Sequence[str], *, faults: Sequence[str]) -> list[str]:
    """Return what to run for a release_command.

    A program that is not on this machine is not in the image: it fails, as it does there. An image
    with the fault `release-command-fails` fails whatever it names.
    """
    if FAULT in faults:
        return ["/bin/sh", "-c", "echo 'release_command failed'; exit 1"]
    return list(command)
