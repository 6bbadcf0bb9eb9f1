"""Secrets that are made up here, since nobody gives them: kept in .staging/ until rotated."""

import secrets

from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.secret import Secret

FIELD = "generated"
UNFINISHED = "rotating"
BYTES = 32


def value(credentials: Credentials, name: str) -> Secret | None:
    """The value that is kept; None if none is, or it was lost."""
    kept = (credentials.kept(FIELD) or {}).get(name)
    return Secret(kept) if kept else None


def make_up(clouds: Clouds) -> None:
    """Have a value for each generated secret that has none, on disk before Fly is given it."""
    credentials = Credentials(clouds.settings, clouds.environ)
    kept = credentials.kept(FIELD) or {}
    names = [source.name for source in clouds.settings.secrets if source.generated]
    if made := {name: secrets.token_urlsafe(BYTES) for name in names if name not in kept}:
        credentials.keep(**{FIELD: {**kept, **made}})


def renew(credentials: Credentials, name: str) -> Secret:
    """Another value, or the one that an interrupted rotation has already made up."""
    unfinished = credentials.kept(UNFINISHED) or []
    if name not in unfinished or value(credentials, name) is None:
        made = {**(credentials.kept(FIELD) or {}), name: secrets.token_urlsafe(BYTES)}
        credentials.keep(**{FIELD: made, UNFINISHED: [*unfinished, name]})
    return Secret(credentials.kept(FIELD)[name])


def finished(credentials: Credentials, name: str) -> None:
    """The application has the new value: the next rotation makes up another."""
    unfinished = [each for each in credentials.kept(UNFINISHED) or [] if each != name]
    credentials.keep(**{UNFINISHED: unfinished or None})
