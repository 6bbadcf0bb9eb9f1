"""What a user may set of the rehearsal: [rehearsal] in the checkout's staging.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.standin import CHECKOUT

SCHEMA = "rehearsal/schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`command` is empty for our own application; `schema` None for an empty database."""

    command: tuple[str, ...]
    postgres: Path | None
    schema: Path | None


def read() -> Configuration:
    """Read the table; a file that is missing or wrong is for staging to complain of."""
    try:
        document = tomllib.loads((CHECKOUT / "staging.toml").read_text("utf-8"))
    except (OSError, ValueError):
        document = {}
    table: dict[str, Any] = document.get("rehearsal", {})
    postgres, schema = table.get("postgres"), table.get("schema", SCHEMA)
    command = tuple(table.get("command", ()))
    if command and "/" in command[0]:
        command = (str(CHECKOUT / command[0]), *command[1:])
    return Configuration(
        command=command,
        postgres=CHECKOUT / postgres if postgres else None,
        schema=CHECKOUT / schema if schema else None,
    )
