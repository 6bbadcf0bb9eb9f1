"""Which release's image a rollback takes."""

from collections.abc import Sequence

from staging.errors import ConfigurationError, NotSo
from staging.inventory import Machine, Release

COMPLETE = "complete"


def earlier(releases: Sequence[Release], machines: Sequence[Machine]) -> Release:
    """The newest complete release whose image is not what runs on every machine.

    What runs is read from the machines: a change of secrets makes a release with the same image,
    and a failed deploy leaves one whose image nothing runs, or only some machines.
    """
    if not machines:
        raise NotSo(
            "There is nothing to roll back: the app has no machine.",
            remedy="Run `invoke provision`, or `invoke deploy --image REF`.",
        )
    for release in _usable(releases):
        if not all(runs(machine, release.image) for machine in machines):
            return release
    raise NotSo(
        "There is no earlier release to roll back to.",
        detail=f"Every complete release has the image that runs: {machines[0].image}.",
        remedy="Name an image with `invoke deploy --image REF`.",
    )


def numbered(releases: Sequence[Release], version: int) -> Release:
    """The complete release of that number."""
    usable = _usable(releases)
    for release in usable:
        if release.version == version:
            return release
    status = next((r.status for r in releases if r.version == version), "not known to Fly")
    raise ConfigurationError(
        f"--to {version}: that release cannot be rolled back to.",
        detail=f"It is {status}.",
        remedy=f"Complete are {', '.join(str(r.version) for r in usable) or 'none'}.",
    )


def runs(machine: Machine, image: str) -> bool:
    """Whether the machine runs an image, as far as its name tells.

    A name is REPOSITORY:TAG, REPOSITORY@DIGEST or both, in which the digest counts.
    """
    named, _, digest = image.partition("@")
    return digest == machine.digest if digest else named == machine.tagged


def _usable(releases: Sequence[Release]) -> list[Release]:
    """Those that completed and whose image is known, newest first."""
    usable = [release for release in releases if release.status == COMPLETE and release.image]
    return sorted(usable, key=lambda release: release.version, reverse=True)
