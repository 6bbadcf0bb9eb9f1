"""What of two catalogs is the schema's, where one of them is a scratch database's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from staging.inventory import Catalog
from staging.rules.catalog import HIDDEN, Difference, differences

OF_SERVER = frozenset({"server", "database", "setting", "platform table"})
"""Kinds that are no schema's: `invoke parity` compares them."""

OF_HOST = frozenset({"role", "role settings", "vault secret", "cron job"})
"""Kinds that a scratch database has of the server on which it is made, or not at all."""

Verdict = Literal["pass", "fail", "invalid"]
WORDS = {"missing": "only in {0}", "unexpected": "only in {1}", "different": "different"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One difference between two sides: where it is, and what each says."""

    kind: str
    name: str
    what: str
    attribute: str
    first: str | None
    second: str | None


def schema_alone(catalog: Catalog, *, scratch: bool) -> Catalog:
    """What is the schema's; with `scratch`, without what such a database has of its server."""
    others = uncompared(scratch=scratch)
    version = ("extension", "version") if scratch else None
    return {
        (kind, name): {k: v for k, v in found.items() if (kind, k) != version}
        for (kind, name), found in catalog.items()
        if kind not in others
    }


def uncompared(*, scratch: bool) -> frozenset[str]:
    """The kinds that are left out."""
    return OF_SERVER | OF_HOST if scratch else OF_SERVER


def compared(first: Catalog, second: Catalog, *, scratch: bool) -> tuple[Difference, ...]:
    """Where the second schema is not as the first."""
    one, other = (schema_alone(each, scratch=scratch) for each in (first, second))
    return differences(one, other)


def not_seen(
    first: Catalog, second: Catalog, names: tuple[str, str], *, scratch: bool
) -> list[str]:
    """What one of both did not show, a line for each."""
    return [
        f"{kind} {name}: not seen in {side}, {said[HIDDEN]}"
        for side, catalog in zip(names, (first, second), strict=True)
        for (kind, name), said in sorted(schema_alone(catalog, scratch=scratch).items())
        if HIDDEN in said
    ]


def told(found: Iterable[Difference], names: tuple[str, str]) -> tuple[Told, ...]:
    """The differences in the words of two sides that are neither production nor staging."""
    return tuple(
        Told(
            kind=each.kind,
            name=each.name,
            what=WORDS[each.what].format(*names),
            attribute=each.attribute,
            first=each.production,
            second=each.staging,
        )
        for each in found
    )


def verdict(differing: int, unread: int) -> Verdict:
    """A difference counts whatever could not be read; without one everything must have been."""
    if differing:
        return "fail"
    return "invalid" if unread else "pass"
