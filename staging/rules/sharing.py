"""Whether staging holds a secret of production's: by digest, since nobody can read a value."""

from collections.abc import Collection, Iterator, Sequence
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
        yield judged(name, theirs, declared, today)
    if blind := undigested(production, staging):
        yield unproved("secrets", how=HOW, evidence=blind, remedy="See `flyctl secrets list`.")
        return
    seen = EQUAL if found else control
    for each in declared:
        if each.name not in found:
            yield _unused(each, seen)
    if not found or len(staging) > len(found):
        yield _others(len(staging) - len(found), seen)


def shared(
    production: Sequence[StoredSecret], staging: Sequence[StoredSecret]
) -> dict[str, list[str]]:
    """Staging's secrets whose digest production has too, each with production's names for it."""
    names: dict[str, list[str]] = {}
    for each in production:
        names.setdefault(each.digest, []).append(each.name)
    return {s.name: names[s.digest] for s in staging if s.digest and s.digest in names}


def undigested(production: Sequence[StoredSecret], staging: Sequence[StoredSecret]) -> str:
    """Which secrets cannot be compared; nothing where all can."""
    sides = {"production": production, "staging": staging}
    names = [f"{side}'s {s.name}" for side, those in sides.items() for s in those if not s.digest]
    return f"flyctl tells no digest of {', '.join(names)}" if names else ""


def judged(name: str, theirs: list[str], declared: Collection[Shared], today: date) -> Proof:
    """Whether staging may hold, by this name, what production holds by those."""
    what, told = f"secret {name}", f"its digest is that of production's {', '.join(theirs)}"
    meant = next((each for each in declared if each.name == name), None)
    if meant is None:
        return breach(what, how=HOW, evidence=told, remedy=REMEDY)
    if meant.expires < today:
        evidence = f"{told}; what {meant.owner} declared has expired on {meant.expires}"
        return breach(what, how=HOW, evidence=evidence, remedy=REMEDY)
    if name not in theirs:
        evidence = f"{told}; what {meant.owner} declared is production's {name}"
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
    if not count:
        evidence, remedy = "staging's app has no secrets", "Run `invoke provision`."
        return unproved(what, how=HOW, evidence=evidence, remedy=remedy)
    if isinstance(control, Unknown):
        evidence = f"no digest is equal, but equal values might have other digests: {control.why}"
        remedy = "Have production hold its own project's URL or publishable key as a secret."
        return unproved(what, how=HOW, evidence=evidence, remedy=remedy)
    return proved(
        what, how=f"{HOW}; {control}", evidence=f"{count} of staging's, none production's"
    )
