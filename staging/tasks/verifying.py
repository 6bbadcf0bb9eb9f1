"""Tasks that show whether all of it is as it was planned."""

from invoke import Context

from staging.command import command
from staging.tasks.options import JSON, MARKDOWN


@command(
    help={
        "fresh-hours": "How old evidence may be; default: as [promote] fresh_hours says.",
        "only": "Evidence that may be made anew, such as smoke,load; the rest counts as it is.",
        "no-run": "Make nothing anew: judge by the reports that there are.",
        **JSON,
        **MARKDOWN,
    }
)
def verify(
    _: Context,
    fresh_hours: str = "",
    only: str = "",
    no_run: bool = False,
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Hold staging against the plan, item by item."""
    from staging import settings
    from staging.operations import verify as verifying

    return verifying.verify(
        settings.load(environment="staging"),
        fresh_hours=verifying.hours(fresh_hours),
        only=tuple(filter(None, only.replace(" ", "").split(","))),
        run=not no_run,
    )


@command(help={**JSON, **MARKDOWN})
def workflows(_: Context, json: bool = False, markdown: bool = False) -> object:
    """Look at the workflow files; exit 1 on a finding."""
    from staging import settings
    from staging.operations import workflows as looking

    return looking.look(settings.load(environment="staging"))
