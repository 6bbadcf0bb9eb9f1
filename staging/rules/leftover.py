"""Machines that a deploy which failed, or was cut off, left beside those that should be. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from staging.inventory import Machine


def leftover(before: Mapping[str, str], now: Sequence[Machine]) -> tuple[Machine, ...]:
    """What is to go, so that each group has as many machines as it had.

    `before` gives the process group of each machine by its id. Those that were not there go
    first: a failed canary stays behind, and so may the new half of a blue-green deploy.
    """
    wanted, found = Counter(before.values()), Counter(machine.process_group for machine in now)
    gone = []
    for machine in sorted(now, key=lambda machine: (machine.id in before, machine.id)):
        if found[machine.process_group] > wanted[machine.process_group] > 0:
            found[machine.process_group] -= 1
            gone.append(machine)
    return tuple(gone)
