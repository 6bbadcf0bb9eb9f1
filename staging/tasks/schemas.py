"""Tasks that take a schema from one place to another, compare it and judge it."""

from invoke import Collection, Context

from staging.command import command, typed
from staging.tasks.options import ENVIRONMENT, JSON


@command(
    help={
        "output": "The file to write; without one the schema is printed.",
        "of": "production or staging.",
        **ENVIRONMENT,
        **JSON,
    }
)
def export(
    _: Context,
    output: str = "",
    of: str = "production",
    environment: str = "",
    json: bool = False,
) -> object:
    """Write a database's schema as SQL, without a row."""
    from staging import settings
    from staging.operations import exporting

    return exporting.export(settings.load(environment=environment), of=of, output=output)


CONFIRM = {
    "confirm": "Staging's app, or the preview's name: its rows are lost. Asked for if not given."
}


@command(
    help={
        "file": "A file of SQL; without one it is production's schema.",
        **CONFIRM,
        **ENVIRONMENT,
        **JSON,
    }
)
def apply(
    _: Context, file: str = "", confirm: str = "", environment: str = "", json: bool = False
) -> object:
    """Give staging a schema, in one transaction."""
    from staging import settings
    from staging.operations import applying

    loaded = settings.load(environment=environment)
    return applying.apply(loaded, file=file, confirmed=confirm, ask=typed)


@command(help={**CONFIRM, **ENVIRONMENT, **JSON})
def reset(_: Context, confirm: str = "", environment: str = "", json: bool = False) -> object:
    """Give staging production's schema again."""
    from staging import settings
    from staging.operations import applying

    loaded = settings.load(environment=environment)
    return applying.apply(loaded, file="", confirmed=confirm, ask=typed)


@command(
    help={
        "first": "production, staging, migrations, or a file that ends in .sql.",
        "second": "The same; it is told how this one is not as the first.",
        **ENVIRONMENT,
        **JSON,
    }
)
def diff(_: Context, first: str, second: str, environment: str = "", json: bool = False) -> object:
    """Compare two schemas; exit 1 on a difference."""
    from staging import settings
    from staging.operations import differing

    return differing.diff(settings.load(environment=environment), first=first, second=second)


@command(help={"of": "staging or production, which is only read.", **ENVIRONMENT, **JSON})
def advise(_: Context, of: str = "staging", environment: str = "", json: bool = False) -> object:
    """Say what makes a database slow; exit 1 on an error."""
    from staging import settings
    from staging.operations import advising

    return advising.examine(settings.load(environment=environment), of=of)


schema = Collection("schema", export, apply, reset, diff, advise)
