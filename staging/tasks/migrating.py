"""Tasks that try migrations before production sees them."""

from invoke import Collection, Context

from staging.command import command
from staging.tasks.options import JSON, MARKDOWN


@command(
    help={
        "file": "A migration by name, version or path, such as a.sql,b.sql; else what is pending.",
        "rows": "Rows of the largest table at most; more of production's are extrapolated.",
        "window": "Seconds that users may wait, where a window has been agreed on.",
        **JSON,
        **MARKDOWN,
    }
)
def rehearse(
    _: Context,
    file: str = "",
    rows: int = 100_000,
    window: float = 0.5,
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Try the pending migrations on a copy; judge them."""
    from staging import settings
    from staging.operations.rehearsing import run

    named = tuple(filter(None, file.replace(" ", "").split(",")))
    asked = run.Asked(files=named, rows=rows, allowed=window)
    return run.rehearse(settings.load(environment="staging"), asked)


@command(help={**JSON, **MARKDOWN})
def status(_: Context, json: bool = False, markdown: bool = False) -> object:
    """Compare the files with both histories."""
    from staging import settings
    from staging.operations import histories

    return histories.standing(settings.load(environment="staging"))


@command(
    help={"all": "Every file, not only those that production has not got.", **JSON, **MARKDOWN}
)
def lint(_: Context, all: bool = False, json: bool = False, markdown: bool = False) -> object:
    """Look through new migrations for dangers."""
    from staging import settings
    from staging.operations import linting

    return linting.lint(settings.load(environment="staging"), everything=all)


migrations = Collection("migrations", status, lint, rehearse)
