"""How staging may be ahead of production while a release is proved there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from staging.inventory import Allowed
from staging.operations import migrations
from staging.operations.opening import Clouds
from staging.rules.catalog import ALL
from staging.rules.parity import Resource

IMAGES = "images"


def ahead(clouds: Clouds) -> tuple[str, ...]:
    """The migrations that staging has and production has not."""
    there = set(migrations.applied(clouds, production=True))
    return tuple(each for each in migrations.applied(clouds) if each not in there)


def meant(clouds: Clouds, resources: Sequence[Resource], now: datetime) -> tuple[Allowed, ...]:
    """Allowances for what a promotion itself removes: the image, and what migrations changed.

    The schema may differ only while production lacks a migration that staging has.
    """
    differing = {resource.name for resource in resources if resource.differences}
    names = {IMAGES} & differing
    if schema := differing & set(ALL):
        names |= schema if ahead(clouds) else set()
    return tuple(
        Allowed(
            resource=name,
            path="*",
            reason="what a promotion brings to production",
            owner="invoke parity --release",
            expires=(now + timedelta(days=1)).date(),
        )
        for name in sorted(names)
    )
