"""Schemas as pg_dump writes them: cut into objects, compared, made ready to be applied."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEADING = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<kind>[A-Z ]+); "
    r"Schema: (?P<schema>\S+); Owner: .*\n--\n",
    re.MULTILINE,
)
NOISE = re.compile(
    r"^(\\(un)?restrict .*|SET default_(tablespace|table_access_method) .*;"
    r"|--|-- PostgreSQL database dump complete)$",
    re.MULTILINE,
)
"""What two dumps of one schema do not share, or what says nothing of an object."""

PLATFORM_DEFAULTS = re.compile(
    r"^ALTER DEFAULT PRIVILEGES FOR ROLE (?!postgres\b).*;$", re.MULTILINE
)
"""Supabase's own roles grant by default; only they may say so, and they do in every project."""

EMPTY_KINDS = frozenset({"SCHEMA", "ACL", "DEFAULT ACL", "EXTENSION", "COMMENT"})
"""What a new project has in its public schema before anybody has made anything."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One object that is not the same: `what` is missing, unexpected or different."""

    kind: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind.lower()} {self.name}: {self.what}"


Objects = Mapping[tuple[str, str], str]


RESOURCES = {
    "EXTENSION": "extensions",
    "PUBLICATION TABLE": "realtime publication",
    "BUCKET": "storage buckets",
    "PLATFORM TRIGGER": "triggers on Supabase's tables",
    "PLATFORM POLICY": "policies on Supabase's tables",
}
"""Kinds that can be mended one by one, no row being lost; the rest is the schema."""

SCHEMA = "database schema"


def resource(kind: str) -> str:
    """The plan's resource that objects of this kind belong to."""
    return RESOURCES.get(kind, SCHEMA)


def objects(dump: str, beside: Iterable[tuple[str, ...]] = ()) -> dict[tuple[str, str], str]:
    """Every object by (kind, schema.name), with its statements in an order of their own.

    `beside` gives kind, name and statement of each that no dump has.
    """
    found: dict[tuple[str, str], str] = {}
    headings = list(HEADING.finditer(dump))
    ends = [h.start() for h in headings[1:]] + [len(dump)]
    for heading, end in zip(headings, ends, strict=True):
        text = _plain(dump[heading.end() : end])
        key = (heading["kind"], f"{heading['schema']}.{heading['name']}".removeprefix("-."))
        if heading["kind"] in {"ACL", "DEFAULT ACL"}:
            text = "\n".join(sorted(text.splitlines()))
        if text:
            found[key] = "\n".join(filter(None, (found.get(key, ""), text)))
    return found | {(each[0], each[1]): each[2] for each in beside}


def differences(production: Objects, staging: Objects) -> tuple[Difference, ...]:
    """What must change for staging's schema to be production's."""
    missing = [Difference(*key, "missing") for key in production.keys() - staging.keys()]
    extra = [Difference(*key, "unexpected") for key in staging.keys() - production.keys()]
    both = production.keys() & staging.keys()
    changed = [Difference(*k, "different") for k in both if production[k] != staging[k]]
    return tuple(sorted([*missing, *extra, *changed]))


def untouched(staging: Objects) -> bool:
    """Whether nobody has made anything in this database yet."""
    return all(kind in EMPTY_KINDS for kind, _ in staging if kind not in RESOURCES)


def applicable(dump: str, schemas: Iterable[str]) -> str:
    """The dump as statements that any of our connections may run in one transaction."""
    text = re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
    text = re.sub(r"^SET transaction_timeout.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^CREATE SCHEMA .*;$", "", text, flags=re.MULTILINE)
    made = [f'create schema if not exists "{name}";' for name in schemas]
    return "\n".join([*made, PLATFORM_DEFAULTS.sub("", text)])


def _plain(text: str) -> str:
    kept = PLATFORM_DEFAULTS.sub("", NOISE.sub("", text))
    return "\n".join(line for line in kept.splitlines() if line.strip())
