"""Invoke tasks: read the command line, call one operation, show what it returns.

Exit codes: 0 success; 1 what was checked is not so; 2 changes pending (--dry-run); 3 a program or
service failed; 4 settings or arguments are wrong; 5 refused for safety; 6 not enough evidence;
130 interrupted.
"""

from invoke import Collection, Context

from rehearsal.tasks import rehearsal
from staging.command import command, typed
from staging.tasks import data
from staging.tasks.drafting import contracts
from staging.tasks.drilling import drill, drills
from staging.tasks.loading import fleet
from staging.tasks.migrating import migrations
from staging.tasks.options import ENVIRONMENT, JSON, MARKDOWN
from staging.tasks.releasing import deploy, promote, releases, rollback
from staging.tasks.schemas import schema
from staging.tasks.telling import ci
from staging.tasks.verifying import verify, workflows
from staging.tasks.watching import watch


@command(
    help={
        "dry-run": "Print the plan and change nothing; exit 2 if there is something to do.",
        "reset-schema": "Replace a schema that differs, with the loss of staging's rows.",
        "ttl": "Hours from now until a preview expires; it keeps its expiry if not given.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def provision(
    _: Context,
    dry_run: bool = False,
    reset_schema: bool = False,
    environment: str = "",
    ttl: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Build the staging mirror of production."""
    from staging import settings
    from staging.operations import previews
    from staging.operations import provision as provisioning

    loaded = previews.declared(settings.load(environment=environment), ttl=ttl)
    return provisioning.provision(loaded, dry_run=dry_run, reset_schema=reset_schema)


@command(help={**ENVIRONMENT, **JSON})
def status(_: Context, environment: str = "", json: bool = False) -> object:
    """Show what staging is: address, health, database."""
    from staging import settings
    from staging.operations import status as looking

    return looking.status(settings.load(environment=environment))


@command(
    help={
        "release": "What staging runs is to be promoted: its image and migrations may differ.",
        **ENVIRONMENT,
        **JSON,
        **MARKDOWN,
    }
)
def parity(
    _: Context,
    release: bool = False,
    environment: str = "",
    json: bool = False,
    markdown: bool = False,
) -> object:
    """Compare staging with production, value by value."""
    from staging import settings
    from staging.operations import parity as comparing
    from staging.operations import previews

    loaded = previews.declared(settings.load(environment=environment))
    return comparing.parity(loaded, of_release=release)


@command(help={**ENVIRONMENT, **JSON, **MARKDOWN})
def isolation(
    _: Context, environment: str = "", json: bool = False, markdown: bool = False
) -> object:
    """Prove that staging cannot reach production."""
    from staging import settings
    from staging.operations import isolation as proving

    return proving.isolation(settings.load(environment=environment))


@command(
    help={
        "size": "Compute size of staging's database, to see what it would cost.",
        "schedule": 'When staging\'s machines run, such as "weekdays 8-20".',
        **ENVIRONMENT,
        **JSON,
    }
)
def cost(
    _: Context,
    size: str = "",
    schedule: str = "always",
    environment: str = "",
    json: bool = False,
) -> object:
    """Show what a month costs; exit 1 over the budget."""
    from staging import settings
    from staging.operations import cost as costing

    loaded = settings.load(environment=environment)
    return costing.cost(loaded, size=size, schedule=schedule)


@command(
    help={
        "confirm": "Staging's app, or the preview's name; asked for on a terminal if not given.",
        **ENVIRONMENT,
        **JSON,
    }
)
def destroy(_: Context, confirm: str = "", environment: str = "", json: bool = False) -> object:
    """End an environment: its app and its project."""
    from staging import settings
    from staging.operations import destroy as destroying

    loaded = settings.load(environment=environment)
    return destroying.destroy(loaded, confirmed=confirm, ask=typed)


@command(help=JSON)
def environments(_: Context, json: bool = False) -> object:
    """List the environments with age, cost and expiry."""
    from staging import settings
    from staging.operations import environments as listing

    return listing.environments(settings.load(environment="staging"))


@command(help={"dry-run": "Show which; exit 2 if there are any.", **JSON})
def prune(_: Context, dry_run: bool = False, json: bool = False) -> object:
    """Destroy the previews that have expired, and only those."""
    from staging import settings
    from staging.operations import prune as pruning

    return pruning.prune(settings.load(environment="staging"), dry_run=dry_run)


@command(help=JSON)
def doctor(_: Context, json: bool = False) -> object:
    """Say what is missing here, and how to mend it."""
    from staging import settings
    from staging.operations import doctor as examining

    return examining.doctor(settings.load())


@command(help={**ENVIRONMENT, **JSON})
def secrets_list(_: Context, environment: str = "", json: bool = False) -> object:
    """List the secrets by source and state."""
    from staging import settings
    from staging.operations import listing

    return listing.listing(settings.load(environment=environment))


@command(help={"name": "The secret's name in staging.toml.", **ENVIRONMENT, **JSON})
def secrets_rotate(_: Context, name: str, environment: str = "", json: bool = False) -> object:
    """Give staging's application another value of one secret."""
    from staging import settings
    from staging.operations import rotation

    return rotation.rotate(settings.load(environment=environment), name=name)


@command(help=ENVIRONMENT)
def token(_: Context, environment: str = "") -> object:
    """Print a fresh bearer token of the smoke user."""
    from staging import settings
    from staging.operations import access

    return access.token(settings.load(environment=environment)).reveal()


@command(help=ENVIRONMENT)
def database_url(_: Context, environment: str = "") -> object:
    """Print staging's connection string."""
    from staging import settings
    from staging.operations import access

    return access.database_url(settings.load(environment=environment)).reveal()


namespace = Collection(
    *(provision, deploy, rollback, status, parity, isolation, cost, destroy, doctor, token),
    *(environments, prune, releases, promote, drill, drills),
    *(verify, workflows, fleet, watch, contracts),
)
namespace.add_collection(Collection("secrets", list=secrets_list, rotate=secrets_rotate))
namespace.add_collection(Collection("database", url=database_url))
namespace.add_collection(data.collection)
namespace.add_collection(schema)
namespace.add_collection(migrations)
namespace.add_collection(ci)
namespace.add_collection(rehearsal)
