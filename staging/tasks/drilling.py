"""Tasks that make accidents happen on staging, to see that it survives them."""

from invoke import Context

from staging.command import command
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN


@command(
    help={
        "name": "A drill, broken-images, or all; several divided by commas (see drills).",
        "dry-run": "Show what would be done; exit 2.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def drill(
    _: Context,
    name: str,
    dry_run: bool = False,
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Make an accident happen on staging; judge it."""
    from staging import settings
    from staging.operations.drills import catalogue, run

    loaded = settings.load(environment=environment)
    return run.run(loaded, catalogue.chosen(loaded, name), dry_run=dry_run)


@command(help={**ENVIRONMENT, **JSON, **MARKDOWN})
def drills(_: Context, environment: str = "", json: bool = False, markdown: bool = False) -> object:
    """List the drills: what is done, what should happen."""
    from staging import settings
    from staging.operations.drills import catalogue

    return catalogue.listed(settings.load(environment=environment))
