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


migrations = Collection("migrations", rehearse)
