"""Commands about the program, its user and the platform."""

from rehearsal import standin
from rehearsal.fly import catalogue, durations
from rehearsal.fly.cloud import connect
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say, show, table
from rehearsal.fly.refusals import graphql

_VERSION = (
    '{"Name":"flyctl","Version":"0.4.87","Commit":"\\u003cnone\\u003e","BranchName":"",'
    '"BuildDate":"2026-08-21T14:11:32Z","OS":"linux","Architecture":"amd64",'
    '"Environment":"production"}'
)
_TWENTY_YEARS = "175200h"


def version(line: Line) -> None:
    """Print the version of the flyctl that this stands for."""
    if line.has("json"):
        # A program asks, and goes on with this world, perhaps by a supabase that cannot start it.
        standin.connect()
        say(_VERSION)
    else:
        say("flyctl v0.4.87 linux/amd64 Commit: <none> BuildDate: 2026-08-21T14:11:32Z")


def whoami(line: Line) -> None:
    """Print the user's address."""
    with graphql("viewer"):
        email = connect(line).get("/me")["email"]
    if line.has("json"):
        show({"email": email})
    else:
        say(email)


def organisations(line: Line) -> None:
    """Print the organisations by slug."""
    with graphql("organizations"):
        found = connect(line).get("/me")["organisations"]
    if line.has("json"):
        show(found)
    else:
        table(["NAME", "SLUG", "TYPE"], [[name, slug, "SHARED"] for slug, name in found.items()])


def regions(line: Line) -> None:
    """Print the regions."""
    with graphql("platform"):
        connect(line).get("/me")
    if line.has("json"):
        show(catalogue.regions())
    else:
        table(["NAME", "CODE"], [[each["name"], each["code"]] for each in catalogue.regions()])


def sizes(line: Line) -> None:
    """Print the machine sizes."""
    with graphql("platform"):
        connect(line).get("/me")
    found = catalogue.sizes()
    if line.has("json"):
        show(found)
    else:
        rows = [[name, size["cpus"], f"{size['memory_mb']} MB"] for name, size in found.items()]
        table(["NAME", "CPU CORES", "MEMORY"], rows)


def deploy_token(line: Line) -> None:
    """Make a token for one app."""
    app = line.app()
    try:
        seconds = durations.seconds(line.value("expiry", _TWENTY_YEARS))
    except ValueError as error:
        raise CommandError(
            f'invalid argument "{line.value("expiry")}" for "-x, --expiry" flag: {error}'
        ) from None
    try:
        found = connect(line).post(f"/apps/{app}/tokens", {"seconds": seconds})
    except ApiError as error:
        text = f'Could not find App "{app}"' if error.status == 404 else error.text
        raise CommandError(f"failed retrieving app {app}: {text}") from None
    if line.has("json"):
        show(found)
    else:
        say(found["token"])
