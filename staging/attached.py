"""Run a program with staging's address and sign-in in its environment.

`python -m staging.attached PROGRAM [ARGUMENT …]`. If STAGING_BASE_URL is set, it says where to
go, whatever started it there, and only what is exported is used.
"""

import os
import sys
from urllib.parse import urlsplit

from staging import settings
from staging.errors import Refused, StagingError
from staging.secret import Secret
from staging.settings import Settings
from staging.settings.smoke import variables

GIVEN = "STAGING_ATTACHED"
"""Names what was given, so that a program's own programs need not be given it too."""


def main() -> None:
    """Become the program, or exit with the reason why that cannot be done."""
    try:
        found = _environment()
    except StagingError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    plain = {k: v.reveal() if isinstance(v, Secret) else v for k, v in found.items()}
    plain[GIVEN] = ",".join(plain)
    os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, **plain})  # noqa: S606 - no shell


def _environment() -> dict[str, Secret | str]:
    loaded = settings.load()
    if given := os.environ.get("STAGING_BASE_URL"):
        _never_production(loaded, urlsplit(given).hostname)
        return variables(loaded)
    from staging.operations import access

    if "--against" in sys.argv:  # production's, and nothing of staging's
        return {**variables(loaded), **access.production(loaded)}
    names = (each.value for each in loaded.secrets if each.name == "APP_ENV" and each.value)
    more = {
        "SMOKE_KEPT_TOKEN": str(loaded.kept / f"smoke-token-{loaded.staging.project}"),
        "SMOKE_ENVIRONMENT": next(names, ""),
    }
    return {**variables(loaded), **access.session(loaded, watching="loadtests" in sys.argv), **more}


def _never_production(loaded: Settings, host: str | None) -> None:
    """Production is read, and asked for what it must refuse; nothing else is sent there."""
    known = {f"{loaded.production.app}.fly.dev", *map(str.lower, loaded.production.domains)}
    readonly = os.environ.get("SMOKE_MODE") == "readonly" or "--readonly" in sys.argv
    if host in known and not readonly:
        problem = f"{host} is production: this would make and end things there."
        raise Refused(problem, remedy="`nox -s smoke -- --readonly` changes nothing.")


if __name__ == "__main__":
    main()
