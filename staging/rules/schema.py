"""Schemas as pg_dump writes them, made ready to be applied."""

import re
from collections.abc import Iterable

PLATFORM_DEFAULTS = re.compile(
    r"^ALTER DEFAULT PRIVILEGES FOR ROLE (?!postgres\b).*;$", re.MULTILINE
)
"""Supabase's own roles grant by default; only they may say so, and they do in every project."""


def applicable(dump: str, schemas: Iterable[str]) -> str:
    """The dump as statements that any of our connections may run in one transaction."""
    text = re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.MULTILINE)
    text = re.sub(r"^SET transaction_timeout.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^CREATE SCHEMA .*;$", "", text, flags=re.MULTILINE)
    made = [f'create schema if not exists "{name}";' for name in schemas]
    return "\n".join([*made, PLATFORM_DEFAULTS.sub("", text)])
