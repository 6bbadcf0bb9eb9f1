"""What a verdict of an environment is of."""

from collections.abc import Sequence

from staging.inventory import Machine, Subject
from staging.settings import Settings


def of_machines(settings: Settings, machines: Sequence[Machine]) -> Subject:
    """The image that every machine of staging runs; "" while they run several, or none."""
    digests = {machine.digest for machine in machines}
    digest = digests.pop() if len(digests) == 1 else ""
    return Subject(target=settings.target.name, app=settings.staging.app, digest=digest)
