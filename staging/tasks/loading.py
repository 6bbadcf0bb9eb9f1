"""Tasks that put staging under load from elsewhere."""

from invoke import Context

from staging.command import command
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN


@command(
    help={
        "machines": "How many machines carry the load (32 at most).",
        "region": "Where, such as syd,lax: they are dealt out in turn; default: where staging is.",
        "size": "Size of each, such as shared-cpu-2x; default: performance-1x.",
        "profile": "As of `nox -s load`: a profile whose requests are known beforehand.",
        "rate": "The highest rate of all of them together, in place of the profile's.",
        "seconds": "How long requests are due, in place of the profile's.",
        "users": "How many can wait at once, in place of the profile's.",
        "clear": "Only end what earlier runs have left, with the machines' app and its image.",
        "dry-run": "Show the machines and their price; exit 2.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def fleet(
    _: Context,
    machines: int = 2,
    region: str = "",
    size: str = "",
    profile: str = "",
    rate: str = "",
    seconds: str = "",
    users: str = "",
    clear: bool = False,
    dry_run: bool = False,
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Load staging from Fly machines made for it."""
    from staging import settings
    from staging.operations import fleet as loading

    loaded = settings.load(environment=environment)
    if clear:
        return loading.clear(loaded)
    given = {"--profile": profile, "--rate": rate, "--seconds": seconds, "--users": users}
    options = tuple(word for name, value in given.items() if value for word in (name, value))
    ordered = loading.Ordered(machines=machines, regions=region, size=size, options=options)
    return loading.fleet(loaded, ordered, dry_run=dry_run)
