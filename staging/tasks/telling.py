"""Tasks for jobs of GitHub: what they tell people, and one another."""

from invoke import Collection, Context

from staging.command import command
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN

OF = "Names of reports, divided by commas, such as deploy,smoke,load."


@command(help={**ENVIRONMENT, **JSON, **MARKDOWN})
def proposal(
    _: Context, environment: str = "", json: bool = False, markdown: bool = False
) -> object:
    """Show plan, cost and migrations of this checkout."""
    from staging import settings
    from staging.operations import previews
    from staging.operations import proposal as proposing

    return proposing.proposal(previews.declared(settings.load(environment=environment)))


@command(
    help={
        "of": OF,
        "about": "What the comment is about: there is one for each subject.",
        "number": "The pull request, if the job's event is none.",
        **ENVIRONMENT,
        **JSON,
    }
)
def comment(
    _: Context,
    of: str,
    about: str = "staging",
    number: int = 0,
    environment: str = "",
    json: bool = False,
) -> object:
    """Write reports into the pull request's one comment."""
    from staging import settings
    from staging.operations import comment as commenting

    loaded = settings.load(environment=environment)
    return commenting.comment(loaded, about=about, of=_names(of), number=number)


@command(help={"about": "What is watched, such as nightly: there is one issue of it.", **JSON})
def alarm(_: Context, about: str, json: bool = False) -> object:
    """Keep one issue open while jobs fail (NEEDS)."""
    from staging import settings
    from staging.operations import alarm as alarming

    return alarming.alarm(settings.load(environment="staging"), about=about)


@command(help={"of": OF, **ENVIRONMENT, **JSON, **MARKDOWN})
def gate(
    _: Context, of: str, environment: str = "", json: bool = False, markdown: bool = False
) -> object:
    """Give one verdict of the job's reports."""
    from staging import settings
    from staging.operations import gate as judging

    return judging.gate(settings.load(environment=environment), of=_names(of))


def _names(told: str) -> tuple[str, ...]:
    return tuple(filter(None, told.replace(" ", "").split(",")))


ci = Collection("ci", proposal, comment, alarm, gate)
