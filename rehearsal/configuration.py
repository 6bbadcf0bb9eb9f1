"""What a user may set of the rehearsal: [rehearsal] in the checkout's staging.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.standin import CHECKOUT

SCHEMA, IMAGES = "rehearsal/schema", "rehearsal/images.toml"
NAME = "blue-banded-bee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`command` is empty for our own application; `schema` None for an empty database.

    `app` and `project` are production's names, as [production] gives them.
    """

    command: tuple[str, ...]
    postgres: Path | None
    schema: Path | None
    images: Path
    app: str
    project: str


def read() -> Configuration:
    """Read the table; a file that is missing or wrong is for staging to complain of."""
    try:
        document = tomllib.loads((CHECKOUT / "staging.toml").read_text("utf-8"))
    except (OSError, ValueError):
        document = {}
    table: dict[str, Any] = document.get("rehearsal", {})
    production: dict[str, Any] = document.get("production", {})
    postgres, schema = table.get("postgres"), table.get("schema", SCHEMA)
    command = tuple(table.get("command", ()))
    if command and "/" in command[0]:
        command = (str(CHECKOUT / command[0]), *command[1:])
    return Configuration(
        command=command,
        postgres=CHECKOUT / postgres if postgres else None,
        schema=CHECKOUT / schema if schema else None,
        images=CHECKOUT / table.get("images", IMAGES),
        app=production.get("app", NAME),
        project=production.get("project", NAME),
    )
