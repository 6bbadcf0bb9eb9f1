"""Whether a value that staging runs with names production: its app, host, project or domain."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from staging.rules.isolation import Proof, Unknown, breach, proved, unproved

WHAT = "effective configuration"
ENCODED = re.compile(r"%(?:25)*(2[0-9a-f]|3[a-f]|40|5[b-f]|7[b-e])")
"""A mark within an address that itself stands within another, in lower case."""
START, END = r"(?<![a-z0-9*-])(?<![a-z0-9*-]\.)", r"(?![a-z0-9-]|\.[a-z0-9])"
"""Where a host's name starts, maybe after a dot that starts it (.example.com), and ends."""
HOW = "each value that staging runs with is searched for production's names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Production's: `hosts` count with all that is below them, `words` as they are.

    `own` are staging's hosts, which may be below a domain of production's.
    """

    hosts: Collection[str]
    words: Collection[str]
    own: Collection[str]


def naming(values: Mapping[str, str | Unknown], names: Names | Unknown) -> Iterator[Proof]:
    """A breach for each value that names production, and a proof for all the others.

    `values` gives for each place what it holds. No value is shown, only what it names.
    """
    if isinstance(names, Unknown):
        yield unproved(WHAT, how=HOW, evidence=names.why, remedy="See the message.")
        return
    sought = len({name.lower() for name in (*names.hosts, *names.words) if name})
    if not sought:
        evidence = "no name of production's is known"
        yield unproved(WHAT, how=HOW, evidence=evidence, remedy="See `invoke doctor`.")
        return
    clean, unread = 0, []
    for place, value in values.items():
        if isinstance(value, Unknown):
            unread.append(unproved(place, how=HOW, evidence=value.why, remedy=_remedy(place)))
        elif found := named(value, names):
            evidence = f"it names production's {', '.join(found)}"
            remedy = f"Give {place} a value of staging's own."
            yield breach(place, how=HOW, evidence=evidence, remedy=remedy)
        else:
            clean += 1
    yield from unread
    if clean:
        evidence = f"{clean} values, in which none of {sought} names of production stands"
        yield proved(WHAT, how=HOW, evidence=evidence)
    elif not unread:
        yield unproved(WHAT, how=HOW, evidence="there are no values", remedy="Run `provision`.")


def named(value: str, names: Names) -> list[str]:
    """What of production's a text names; a host of staging's own is not production's."""
    text = ENCODED.sub(lambda mark: chr(int(mark[1], 16)), value.lower())
    own = {name.lower() for name in names.own}
    found = []
    for host in sorted({name.lower() for name in names.hosts if name}):
        whole = rf"{START}((?:[a-z0-9*-]+\.)*{re.escape(host)}){END}"
        if any(each not in own for each in re.findall(whole, text)):
            found.append(host)
    words = sorted({name.lower() for name in names.words if name})
    return found + [
        word for word in words if re.search(rf"(?<![a-z0-9-]){re.escape(word)}(?![a-z0-9-])", text)
    ]


def _remedy(place: str) -> str:
    if place.startswith("secret "):
        return f"Name {place.removeprefix('secret ')} in [secrets] and run `invoke provision`."
    return "See the message."
