"""Whether staging holds a secret of production's: by digest, since nobody can read a value."""

from collections.abc import Iterator, Sequence
from datetime import date

from staging.inventory import Shared, StoredSecret
from staging.rules.isolation import Proof, Unknown, breach, proved, unproved

HOW = "the digests of both apps' secrets (flyctl secrets list)"
REMEDY = "Give staging a value of its own, or declare it under [[isolation.shared_secrets]]."
EQUAL = "the same digest stands in both apps"


def sharing(
    production: Sequence[StoredSecret] | Unknown,
    staging: Sequence[StoredSecret] | Unknown,
    declared: Sequence[Shared],
    *,
    control: str | Unknown,
    today: date,
) -> Iterator[Proof]:
    """A proof for each secret that is shared or said to be, and one for all the others.

    `control` says how it was seen that a value has one digest in both apps.
    """
    if isinstance(production, Unknown) or isinstance(staging, Unknown):
        why = next(each.why for each in (production, staging) if isinstance(each, Unknown))
        yield unproved("secrets", how=HOW, evidence=why, remedy="See the message.")
        return
    found = shared(production, staging)
    for name, theirs in found.items():
        yield _shared(name, theirs, declared, today)
    for each in declared:
        if each.name not in found:
            yield _unused(each, control)
    yield _others(len(staging) - len(found), EQUAL if found else control)


def shared(
    production: Sequence[StoredSecret], staging: Sequence[StoredSecret]
) -> dict[str, list[str]]:
    """Staging's secrets whose digest production has too, each with production's names for it."""
    names: dict[str, list[str]] = {}
    for each in production:
        names.setdefault(each.digest, []).append(each.name)
    return {s.name: names[s.digest] for s in staging if s.digest and s.digest in names}


def _shared(name: str, theirs: list[str], declared: Sequence[Shared], today: date) -> Proof:
    what, told = f"secret {name}", f"its digest is that of production's {', '.join(theirs)}"
    meant = next((each for each in declared if each.name == name), None)
    if meant is None:
        return breach(what, how=HOW, evidence=told, remedy=REMEDY)
    if meant.expires < today:
        evidence = f"{told}; what {meant.owner} declared has expired on {meant.expires}"
        return breach(what, how=HOW, evidence=evidence, remedy=REMEDY)
    evidence = f"shared on purpose until {meant.expires}: {meant.reason} ({meant.owner})"
    return proved(what, how="declared in staging.toml", evidence=evidence)


def _unused(declared: Shared, control: str | Unknown) -> Proof:
    what, how = f"declared secret {declared.name}", "[[isolation.shared_secrets]] beside digests"
    remedy = f"Take {declared.name} out of [[isolation.shared_secrets]]."
    if isinstance(control, Unknown):
        return unproved(what, how=how, evidence=control.why, remedy=remedy)
    evidence = f"staging does not share {declared.name}, which {declared.owner} declared"
    return breach(what, how=how, evidence=evidence, remedy=remedy)


def _others(count: int, control: str | Unknown) -> Proof:
    what = "secrets"
    if isinstance(control, Unknown):
        evidence = f"no digest is equal, but equal values might have other digests: {control.why}"
        remedy = "Have production hold its own project's URL or publishable key as a secret."
        return unproved(what, how=HOW, evidence=evidence, remedy=remedy)
    return proved(
        what, how=f"{HOW}; {control}", evidence=f"{count} of staging's, none production's"
    )
