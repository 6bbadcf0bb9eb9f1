"""Tasks that try migrations before production sees them."""

from invoke import Collection, Context

from staging.command import command
from staging.tasks.options import JSON, MARKDOWN


@command(
    help={
        "file": "A migration by name, version or path, such as a.sql,b.sql; else what is pending.",
        "rows": "Rows of the largest table at most; more of production's are extrapolated.",
        "window": "Seconds that users may wait, where a window has been agreed on.",
        "under_traffic": "Also apply them to staging while users and workers are at work there.",
        "square": "Also --image and the one that runs, each on the old and the new schema.",
        "image": "The new version of the application, for --square.",
        "way_back": "Also go back, by supabase/down/ or a restore, and count what is lost.",
        "all": "All three; the square if --image is given.",
        **JSON,
        **MARKDOWN,
    }
)
def rehearse(
    _: Context,
    file: str = "",
    rows: int = 100_000,
    window: float = 0.5,
    under_traffic: bool = False,
    square: bool = False,
    image: str = "",
    way_back: bool = False,
    all: bool = False,
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Try the pending migrations on a copy; judge them."""
    from staging import settings
    from staging.operations.rehearsing import parts, run

    named = tuple(filter(None, file.replace(" ", "").split(",")))
    wanted = parts.Wanted(
        under_traffic=under_traffic, square=square, image=image, way_back=way_back, everything=all
    )
    further = parts.asked(wanted, rows=rows, allowed=window)
    asked = run.Asked(files=named, rows=rows, allowed=window, parts=further)
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
