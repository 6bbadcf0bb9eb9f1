"""Which findings somebody lives with, and what all of them come to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from staging.inventory import Allowed, Lint
from staging.rules.advice import SEVERITIES, Finding, Severity

Verdict = Literal["pass", "fail", "invalid"]
LEVELS: dict[str, Severity] = {"ERROR": "error", "WARN": "warning", "INFO": "info"}


def of_lints(lints: Iterable[Lint]) -> list[Finding]:
    """What Supabase's advisors found, beside our own; a level that is new counts as a warning."""
    return [
        Finding(
            source="supabase advisors",
            rule=each.name,
            severity=LEVELS.get(each.level.upper(), "warning"),
            place=each.place,
            detail=each.detail,
            remedy=each.remedy,
        )
        for each in lints
    ]


def accepted(
    found: Iterable[Finding], allowed: Sequence[Allowed], today: date
) -> tuple[Finding, ...]:
    """The findings, the worst first, each with who accepts it as long as that has not expired."""
    marked = [_marked(each, allowed, today) for each in found]
    return tuple(
        sorted(
            marked,
            key=lambda f: (bool(f.accepted), SEVERITIES.index(f.severity), f.rule, f.place),
        )
    )


def stale(found: Sequence[Finding], allowed: Sequence[Allowed], today: date) -> tuple[str, ...]:
    """Acceptances that have expired, or are of nothing that was found."""
    told = []
    for each in allowed:
        name = f"{each.resource} {each.path}, by {each.owner}"
        if each.expires < today:
            told.append(f"{name}: expired on {each.expires}")
        elif not any(_covers(each, finding) for finding in found):
            told.append(f"{name}: nothing of that was found")
    return tuple(told)


def verdict(found: Iterable[Finding], unread: Sequence[str]) -> Verdict:
    """An error that nobody accepts counts whatever could not be asked."""
    if any(each.severity == "error" and not each.accepted for each in found):
        return "fail"
    return "invalid" if unread else "pass"


def _marked(found: Finding, allowed: Sequence[Allowed], today: date) -> Finding:
    for each in allowed:
        if each.expires >= today and _covers(each, found):
            why = f"by {each.owner} until {each.expires}: {each.reason}"
            return replace(found, accepted=why)
    return found


def _covers(allowed: Allowed, found: Finding) -> bool:
    return fnmatchcase(found.rule, allowed.resource) and fnmatchcase(found.place, allowed.path)
