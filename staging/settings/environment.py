"""The target's environment: what is exported, over what the target's file says."""

import os
from collections.abc import Mapping
from pathlib import Path

from staging.errors import ConfigurationError
from staging.secret import Secret
from staging.settings.records import Settings

SECRET_NAMES = frozenset(
    {
        "FLY_API_TOKEN",
        "FLY_ACCESS_TOKEN",
        "GITHUB_TOKEN",
        "SUPABASE_ACCESS_TOKEN",
        "SUPABASE_DB_PASSWORD",
        "STAGING_DB_PASSWORD",
        "STAGING_SENTRY_DSN",
        "STAGING_DATABASE_URL",
        "STAGING_ACCESS_TOKEN",
        "STAGING_ALERT_WEBHOOK",
        "PRODUCTION_DATABASE_URL",
        "PRODUCTION_MIGRATION_URL",
        "PRODUCTION_ACCESS_TOKEN",
        "SMOKE_PASSWORD",
        "DATABASE_URL",
        "PGPASSWORD",
    }
)


class Environ:
    """Variables by name. Secrets come out as Secret; programs get the rest, and are given theirs.

    An exported variable wins over the file. An empty one counts as not set.
    """

    def __init__(
        self, exported: Mapping[str, str], written: Mapping[str, str], source: str
    ) -> None:
        self._all = {**written, **{name: text for name, text in exported.items() if text}}
        self._passed = {**{k: v for k, v in written.items() if v}, **exported}
        self._source = source
        self._secret_names = set(SECRET_NAMES)

    def get(self, name: str) -> str | None:
        """A variable that is no secret."""
        return self._all.get(name) or None

    def secret(self, name: str) -> Secret | None:
        """A variable that is one; from now on no program inherits it."""
        self._secret_names.add(name)
        text = self._all.get(name)
        return Secret(text) if text else None

    def required(self, name: str, *, why: str) -> Secret:
        """A secret without which nothing can be done, or exit 4 with where to put it."""
        found = self.secret(name)
        if found is None:
            raise ConfigurationError(
                f"{name} is not set.",
                detail=why,
                remedy=f"Export {name}, or write it to {self._source}.",
            )
        return found

    def for_programs(self) -> dict[str, str]:
        """What a program inherits: everything but the secrets."""
        return {k: v for k, v in self._passed.items() if k not in self._secret_names}


def environ(settings: Settings) -> Environ:
    """The environment of the target, read now."""
    path = settings.target.environment
    written = _written(path) if path.is_file() else {}
    found = Environ(os.environ, written, _shown(path, settings.root))
    for source in settings.secrets:
        if source.environment:
            found.secret(source.environment)
    return found


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _written(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; the value is the rest of the line, without quotes around it."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} cannot be read.", detail=str(error)) from None
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {
        name.strip().removeprefix("export "): _unquoted(text.strip()) for name, _, text in pairs
    }


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text
