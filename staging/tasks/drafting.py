"""Tasks that write what an application of one's own is checked by."""

from invoke import Context

from staging.command import command
from staging.tasks.options import JSON


@command(
    help={
        "openapi": "An OpenAPI 3 document, JSON or YAML.",
        "recorded": "A HAR file, as a browser's network view saves it.",
        "into": "A folder; default: [smoke] checks in staging.toml.",
        **JSON,
    }
)
def contracts(
    _: Context, openapi: str = "", recorded: str = "", into: str = "", json: bool = False
) -> object:
    """Write your application's contracts for smoke."""
    from staging import settings
    from staging.operations import contracts as drafting

    loaded = settings.load(environment="staging")
    return drafting.write(loaded, source=openapi, recording=recorded, into=into)
