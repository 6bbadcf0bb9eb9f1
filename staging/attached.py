"""Run a program with staging's address and sign-in in its environment.

`python -m staging.attached PROGRAM [ARGUMENT …]`. If STAGING_BASE_URL is set, it says where to
go, whatever started it there, and only what is exported is used.
"""

import json
import os
import sys
from urllib.parse import urlsplit

from staging import settings
from staging.errors import Refused, StagingError
from staging.secret import Secret
from staging.settings import Settings


def main() -> None:
    """Become the program, or exit with the reason why that cannot be done."""
    try:
        found = _environment()
    except StagingError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    plain = {k: v.reveal() if isinstance(v, Secret) else v for k, v in found.items()}
    os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, **plain})  # noqa: S606 - no shell


def _environment() -> dict[str, Secret | str]:
    loaded = settings.load()
    if given := os.environ.get("STAGING_BASE_URL"):
        _never_production(loaded, urlsplit(given).hostname)
        return _written(loaded)
    from staging.operations import access

    names = (each.value for each in loaded.secrets if each.name == "APP_ENV" and each.value)
    more = {
        "SMOKE_KEPT_TOKEN": str(loaded.kept / f"smoke-token-{loaded.staging.project}"),
        "SMOKE_ENVIRONMENT": next(names, ""),
    }
    return {**_written(loaded), **access.session(loaded), **more}


def _never_production(loaded: Settings, host: str | None) -> None:
    """Production is read, and asked for what it must refuse; nothing else is sent there."""
    known = {f"{loaded.production.app}.fly.dev", *map(str.lower, loaded.production.domains)}
    readonly = os.environ.get("SMOKE_MODE") == "readonly" or "--readonly" in sys.argv
    if host in known and not readonly:
        problem = f"{host} is production: this would make and end things there."
        raise Refused(problem, remedy="`nox -s smoke -- --readonly` changes nothing.")


def _written(loaded: Settings) -> dict[str, Secret | str]:
    """What staging.toml says of the application, where nothing else is exported."""
    found = {
        "SMOKE_CRAWL_DOMAIN": loaded.crawl_domain,
        "SMOKE_SERVICE": loaded.smoke_service,
        "SMOKE_ONLY": ", ".join(loaded.smoke_only),
        "SMOKE_ALLOWED": json.dumps([dict(each) for each in loaded.smoke_allowed]),
    }
    return {k: text for k, text in found.items() if text and not os.environ.get(k)}


if __name__ == "__main__":
    main()
