"""Tasks about rows: what production has, and what staging is given in its place."""

from invoke import Collection, Context

from staging.command import command, typed
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN

CONFIRM = {"confirm": "Staging's app, or the preview's name; asked for if rows of others would go."}


@command(help={**JSON, **MARKDOWN})
def profile(_: Context, json: bool = False, markdown: bool = False) -> object:
    """Show what production's statistics say of its rows."""
    from staging import settings
    from staging.operations import profiling

    return profiling.profile(settings.load(environment="staging"))


@command(
    help={
        "scale": "How many rows, in production's: 0.01 to 10.",
        "seed": "A number; the same one makes the same rows.",
        "tables": "Only these tables, divided by commas; default: all of the application's.",
        "until": "The day before which all made-up times are; default: today.",
        "profile": "A file that `invoke data.profile --json` wrote; default: production now.",
        **CONFIRM,
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def seed(
    _: Context,
    scale: float = 1.0,
    seed: int = 1,
    tables: str = "",
    until: str = "",
    profile: str = "",
    confirm: str = "",
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Fill staging with made-up rows like production's."""
    from staging import settings
    from staging.operations import data

    ordered = data.Ordered(
        scale=scale,
        seed=seed,
        tables=tuple(filter(None, tables.replace(" ", "").split(","))),
        until=until,
        profile=profile,
    )
    loaded = settings.load(environment=environment)
    return data.seed(loaded, ordered, confirmed=confirm, ask=typed)


@command(help={**CONFIRM, **ENVIRONMENT, **JSON})
def clear(_: Context, confirm: str = "", environment: str = "", json: bool = False) -> object:
    """Empty staging's tables but for reference rows."""
    from staging import settings
    from staging.operations import data

    return data.clear(settings.load(environment=environment), confirmed=confirm, ask=typed)


@command(
    help={
        "masked": "Each column by its rule in [data.masking]; rows are never copied as they are.",
        "fraction": "The share of each table's rows; what these refer to comes along.",
        "rows": "At most so many of each table.",
        **CONFIRM,
        **ENVIRONMENT,
        **JSON,
    }
)
def copy(
    _: Context,
    masked: bool = False,
    fraction: float = 1.0,
    rows: int = 0,
    confirm: str = "",
    environment: str = "",
    json: bool = False,
) -> object:
    """Bring a masked part of production's rows to staging."""
    from staging import settings
    from staging.operations import copying

    return copying.copy(
        settings.load(environment=environment),
        copying.Sampling(fraction=fraction, rows=rows or None),
        masked=masked,
        confirmed=confirm,
        ask=typed,
    )


collection = Collection("data", profile, seed, clear, copy)
