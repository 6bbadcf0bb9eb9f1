"""The few things that nobody can read back: kept in .staging/, for this user only."""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from staging.errors import ConfigurationError
from staging.inventory import StoredSecret
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.environment import Environ


class Credentials:
    """The database's password, and which value each of the app's secrets was last given.

    The latter as Fly's digest beside our own, so that an unchanged value is known as such.
    Without the file nothing is lost: a password is reset, secrets are imported again.
    """

    def __init__(self, settings: Settings, found: Environ) -> None:
        self._path = settings.kept / "credentials.json"
        self._place = f"{settings.target.name}/{settings.staging.project}"
        self._given = found.secret("STAGING_DB_PASSWORD")
        self._email = found.get("SMOKE_EMAIL") or settings.smoke_email
        self._smoke = found.secret("SMOKE_PASSWORD")
        self._other = found.get("SMOKE_OTHER_EMAIL") or "@other.".join(self._email.split("@", 1))
        self._others = found.secret("SMOKE_OTHER_PASSWORD")

    @property
    def given(self) -> bool:
        """Whether the password comes from the environment, so that it is not ours to reset."""
        return self._given is not None

    def password(self) -> Secret | None:
        """The database's password, if it is known."""
        if self._given:
            return self._given
        kept = self._entry().get("database_password")
        return Secret(kept) if kept else None

    def ensure_password(self) -> Secret:
        """The password, made up and written down before anything is created with it."""
        if (known := self.password()) is not None:
            return known
        self._save(database_password=secrets.token_urlsafe(24))
        return Secret(self._entry()["database_password"])

    def smoke_user(self, password: Secret) -> tuple[str, Secret]:
        """The address and password that smoke signs in with.

        Made from the database's password, so that any machine which knows that one can sign in.
        """
        return self._email, self._smoke or _made(self._email, password)

    def other_user(self, password: Secret) -> tuple[str, Secret]:
        """Somebody of another organisation, who must not see what the smoke user has.

        An organisation is known by its users' domain, so that this one's is another.
        """
        return self._other, self._others or _made(self._other, password)

    def unchanged(self, stored: StoredSecret, value: str) -> bool:
        """Whether Fly holds this very value, as far as can be told."""
        ours = _digest(value)
        kept = self._entry().get("secrets", {}).get(stored.name, [])
        return kept == [stored.digest, ours] or ours.startswith(stored.digest or "-")

    def remember(self, stored: dict[str, StoredSecret], values: dict[str, str]) -> None:
        """Keep which digest Fly gave to which value."""
        both = stored.keys() & values.keys()
        known = {name: [stored[name].digest, _digest(values[name])] for name in sorted(both)}
        self._save(secrets=self._entry().get("secrets", {}) | known)

    def kept(self, field: str) -> Any:  # noqa: ANN401 - each field has its own form
        """What else is kept of this environment under a name; None if nothing."""
        return self._entry().get(field)

    def keep(self, **fields: object) -> None:
        """Keep these beside all else, in one write; None takes a field away."""
        self._save(**fields)

    def forget(self) -> None:
        """The environment is gone, and with it what these were good for."""
        everything = self._everything()
        if everything.pop(self._place, None) is not None:
            self._write(everything)

    def _entry(self) -> dict[str, Any]:
        entry: dict[str, Any] = self._everything().get(self._place, {})
        return entry

    def _everything(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            problem = f"{self._path} cannot be read."
            remedy = "Delete it: the password will be reset, nothing else is lost."
            raise ConfigurationError(problem, detail=str(error), remedy=remedy) from None
        return found if isinstance(found, dict) else {}

    def _save(self, **fields: object) -> None:
        everything = self._everything()
        entry = {**everything.get(self._place, {}), **fields}
        everything[self._place] = {k: v for k, v in entry.items() if v is not None}
        self._write(everything)

    def _write(self, everything: dict[str, Any]) -> None:
        private_folder(self._path.parent)
        write_private(self._path, json.dumps(everything, indent=1))


def private_folder(folder: Path) -> None:
    """Make a folder that only this user can look into."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        problem, remedy = f"{folder} cannot be made.", "Export STAGING_HOME: where to keep it."
        raise ConfigurationError(problem, detail=str(error), remedy=remedy) from None


def write_private(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, for this user only."""
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written.", detail=str(error)) from None


def _made(email: str, password: Secret) -> Secret:
    made = hmac.new(password.reveal().encode(), email.encode(), hashlib.sha256)
    return Secret(f"Sm-{made.hexdigest()[:40]}")


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
