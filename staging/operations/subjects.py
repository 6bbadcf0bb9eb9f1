"""What a verdict of an environment is of."""

from collections import Counter
from collections.abc import Sequence

from staging.inventory import Machine, Subject
from staging.settings import Settings


def of_machines(settings: Settings, machines: Sequence[Machine]) -> Subject:
    """The image that every machine of staging runs; "" while they run several, or none."""
    digests = {machine.digest for machine in machines}
    digest = digests.pop() if len(digests) == 1 else ""
    return Subject(target=settings.target.name, app=settings.staging.app, digest=digest)


def sizes(machines: Sequence[Machine]) -> str:
    """How many machines there are of which size: what a load test's figures depend on."""
    counted = Counter(
        f"{m.process_group} {m.guest.cpu_kind} {m.guest.cpus} x {m.guest.memory_mb} MB"
        for m in machines
    )
    return ", ".join(f"{number} {size}" for size, number in sorted(counted.items()))
