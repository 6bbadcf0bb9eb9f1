"""What a deploy put on an environment together, and what returning to it would mean. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FAIL = "fail"
TRIED = "invoke migrations.rehearse"
"""The command of a release that was only to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Image, configuration, secrets by digest and migration head, as they ran together.

    `release` is Fly's number. `config` is the fly.toml as read. `migration` is the newest of the
    database's history, "" where it could not be asked. `verdict` is "" until somebody judged.
    """

    app: str
    release: int
    image: str
    tagged: str
    digest: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str]
    migration: str
    at: str
    who: str
    command: str
    why: str = ""
    commit: str = ""
    verdict: str = ""
    reason: str = ""


def of_release(bundles: Sequence[Bundle], release: int) -> Bundle | None:
    """The bundle of a release, if it was kept."""
    return next((bundle for bundle in bundles if bundle.release == release), None)


def failed(bundles: Sequence[Bundle]) -> frozenset[int]:
    """The releases that were judged and did not pass."""
    return frozenset(bundle.release for bundle in bundles if bundle.verdict == FAIL)


def rehearsed(bundles: Sequence[Bundle]) -> frozenset[int]:
    """The releases that were only to be looked at: nobody goes back to them unasked."""
    return frozenset(bundle.release for bundle in bundles if bundle.command == TRIED)


def of_digests(bundles: Sequence[Bundle], digests: Collection[str]) -> frozenset[int]:
    """The releases whose image is known to be one of these."""
    return frozenset(bundle.release for bundle in bundles if bundle.digest in digests)


def failing(bundles: Sequence[Bundle], digest: str, migration: str) -> Bundle | None:
    """The newest judgement of this image on this schema, if it is that it fails."""
    judged = [
        bundle
        for bundle in bundles
        if bundle.verdict and bundle.digest == digest and bundle.migration == migration
    ]
    newest = max(judged, key=lambda bundle: (bundle.at, bundle.release), default=None)
    return newest if newest and newest.verdict == FAIL else None


def differing(bundle: Bundle, *, secrets: Mapping[str, str], migration: str) -> tuple[str, ...]:
    """What image and configuration alone do not bring back, and what each means."""
    told = []
    for name in sorted(bundle.secrets.keys() | secrets.keys()):
        before, now = bundle.secrets.get(name), secrets.get(name)
        if before != now:
            told.append(f"secret {name}: {_changed(before, now)}")
    if bundle.migration and migration and bundle.migration != migration:
        told.append(
            f"schema: it ran on migration {bundle.migration} and will run on {migration}; "
            "the database stays as it is"
        )
    return tuple(told)


def _changed(before: str | None, now: str | None) -> str:
    if before is None:
        return "it ran without it; it stays set"
    if now is None:
        return "it ran with it, and it is no longer set: what needs it will fail"
    return "it has another value than it ran with; it keeps the newer"
