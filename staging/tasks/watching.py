"""Tasks that look at staging as it runs."""

from invoke import Context

from staging.command import command, live
from staging.tasks.options import ENVIRONMENT


@command(
    help={
        "once": "One look, then end: exit 1 if an alarm is raised or about to be, 6 if unknown.",
        "every": "Seconds from one look to the next.",
        **ENVIRONMENT,
        "json": "One look, printed as one JSON document.",
    }
)
def watch(
    _: Context, once: bool = False, every: float = 5.0, environment: str = "", json: bool = False
) -> object:
    """Watch staging and its alarms, until Ctrl-C."""
    from staging import settings
    from staging.operations import watch as watching

    loaded = settings.load(environment=environment)
    if once or json:
        return watching.once(loaded)
    with live() as show:
        watching.watch(loaded, every=watching.period(every), show=show)
    return None
