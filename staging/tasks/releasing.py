"""Tasks that bring a release somewhere, and back."""

from invoke import Context

from staging.command import command, typed
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN


@command(
    help={
        "image": "Image to run, as registry/name@sha256:… (a tag can move).",
        "source": "Directory to build and run instead, with its migrations.",
        "strategy": "rolling, canary, bluegreen or immediate; default: as fly.toml says.",
        "why": "What the deploy is for; kept with the release.",
        "wait": "Seconds to wait for a healthy answer.",
        "dry-run": "Show what would be done; exit 2.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def deploy(
    _: Context,
    image: str = "",
    source: str = "",
    strategy: str = "",
    why: str = "",
    wait: float = 120.0,
    dry_run: bool = False,
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Put an image on staging; undo it if it fails."""
    from staging import settings
    from staging.operations import judged

    ordered = judged.ordered(image=image, source=source, strategy=strategy, why=why, wait=wait)
    loaded = settings.load(environment=environment)
    return judged.deploy_judged(loaded, ordered, dry_run=dry_run)


@command(
    help={
        "to": "Number of the release to restore; default: the newest with another image.",
        "wait": "Seconds to wait for a healthy answer.",
        "despite-failure": "Also what is known to fail on the schema of now.",
        "dry-run": "Show what would be done; exit 2.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def rollback(
    _: Context,
    to: int = 0,
    wait: float = 120.0,
    despite_failure: bool = False,
    dry_run: bool = False,
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Put an earlier release back on staging."""
    from staging import settings
    from staging.operations import rollback as returning

    loaded = settings.load(environment=environment)
    return returning.rollback(
        loaded, to=to or None, wait=wait, despite=despite_failure, dry_run=dry_run
    )


@command(
    help={
        "without": "Evidence that is missing and is done without, such as migrations,load.",
        "yes": "Do not ask: where PROMOTE_APPROVED is production's app, as approved in CI.",
        "wait": "Seconds to wait for a healthy answer.",
        "dry-run": "Show what would change and what the evidence is worth; exit 2.",
        **JSON,
        **MARKDOWN,
    }
)
def promote(
    _: Context,
    without: str = "",
    yes: bool = False,
    wait: float = 120.0,
    dry_run: bool = False,
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Give production the image that staging proved."""
    from staging import settings
    from staging.operations import promote as promoting

    named = tuple(filter(None, without.replace(" ", "").split(",")))
    loaded = settings.load(environment="staging")
    return promoting.promote(loaded, without=named, yes=yes, wait=wait, dry_run=dry_run, ask=typed)


@command(help={**ENVIRONMENT, **JSON, **MARKDOWN})
def releases(
    _: Context, environment: str = "", json: bool = False, markdown: bool = False
) -> object:
    """List the releases with their verdicts."""
    from staging import settings
    from staging.operations import releases as listing

    return listing.releases(settings.load(environment=environment))
