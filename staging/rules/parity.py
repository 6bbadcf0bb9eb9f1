"""Whether staging equals production: what differs, what of that is meant, and the certificate."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from staging.inventory import Allowed, Catalog
from staging.rules.catalog import ALL, changes, resource
from staging.rules.resources import Change, compared

Verdict = Literal["pass", "fail", "invalid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource on both sides. `values` were compared; `digest` is of both sides' facts."""

    name: str
    values: int
    differences: tuple[Change, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not equal, or an allowance that is not in order."""

    resource: str
    path: str
    production: str | None
    staging: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """That this was compared, then, and found equal. Times are UTC, ISO 8601."""

    sha256: str
    issued_at: str
    valid_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict with its reasons. `meant` are the differences that an allowance covers."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    meant: tuple[Finding, ...]
    certificate: Certificate | None


def compare(name: str, production: object, staging: object) -> Resource:
    """Both sides' facts, documents of mappings, lists and values, leaf by leaf."""
    return Resource(
        name=name,
        values=max(_leaves(production), _leaves(staging)),
        differences=compared(staging, production),
        digest=_digest([production, staging]),
    )


def databases(production: Catalog, staging: Catalog) -> Iterator[Resource]:
    """Two databases' catalogs, by the resources that their objects belong to."""
    found = changes(production, staging)
    for name in ALL:
        sides = [
            {" ".join(key): facts for key, facts in side.items() if resource(*key) == name}
            for side in (production, staging)
        ]
        yield Resource(
            name=name,
            values=max(map(_leaves, sides)),
            differences=tuple(change for of, change in found if of == name),
            digest=_digest(sides),
        )


def judge(
    resources: Sequence[Resource],
    *,
    allowed: Sequence[Allowed],
    unread: Mapping[str, str],
    now: datetime,
    valid_hours: float,
) -> Judgement:
    """What was compared, less what is meant. What could not be read is no equality.

    `unread` gives for each resource that could not be read the reason.
    """
    differing = [
        (resource.name, change) for resource in resources for change in resource.differences
    ]
    used: dict[Allowed, bool] = dict.fromkeys(allowed, False)
    findings, meant = [], []
    for name, change in differing:
        covering = next((each for each in allowed if _covers(each, name, change.path)), None)
        if covering:
            used[covering] = True
            meant.append(_finding(name, change, f"{covering.reason} ({covering.owner})"))
        else:
            findings.append(_finding(name, change, ""))
    findings += [_expired(each) for each in allowed if each.expires < now.date()]
    if not unread:  # what was not read may hold the difference
        findings += [_unused(each) for each, was in used.items() if not was]
    verdict: Verdict = "invalid" if unread or not resources else "pass"
    if findings:
        verdict = "fail"
    return Judgement(
        verdict=verdict,
        findings=tuple(findings),
        meant=tuple(meant),
        certificate=_certificate(resources, now, valid_hours) if verdict == "pass" else None,
    )


def _covers(allowed: Allowed, resource: str, path: str) -> bool:
    return fnmatchcase(resource, allowed.resource) and fnmatchcase(path, allowed.path)


def _finding(resource: str, change: Change, detail: str) -> Finding:
    return Finding(
        resource=resource,
        path=change.path,
        production=change.wanted,
        staging=change.found,
        detail=detail,
    )


def _expired(allowed: Allowed) -> Finding:
    detail = f"the allowance of {allowed.owner} has expired on {allowed.expires}: {allowed.reason}"
    return Finding(
        resource=allowed.resource, path=allowed.path, production=None, staging=None, detail=detail
    )


def _unused(allowed: Allowed) -> Finding:
    detail = f"the allowance of {allowed.owner} covers no difference: take it out of staging.toml"
    return Finding(
        resource=allowed.resource, path=allowed.path, production=None, staging=None, detail=detail
    )


def _certificate(resources: Sequence[Resource], now: datetime, hours: float) -> Certificate:
    lines = sorted(f"{resource.name} {resource.digest}" for resource in resources)
    issued = now.astimezone(UTC)
    return Certificate(
        sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        issued_at=issued.isoformat(timespec="seconds"),
        valid_until=(issued + timedelta(hours=hours)).isoformat(timespec="seconds"),
    )


def _digest(sides: object) -> str:
    text = json.dumps(sides, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _leaves(value: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1
