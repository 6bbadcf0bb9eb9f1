"""Commands about fly.toml."""

import tomllib
from pathlib import Path

from rehearsal.fly import flytoml
from rehearsal.fly.cloud import connect, require_token
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import TICK, escaped, say
from rehearsal.fly.refusals import graphql

_NOTHING = (
    "failed to grab app config from existing machines, error: could not create a fly.toml from "
    "any machines :-(\nNo machines configured for this app"
)


def validate(line: Line) -> None:
    """Check a file without the platform; a token is needed all the same, though any will do."""
    require_token(line)
    path = line.value("config", "fly.toml")
    config = flytoml.read(path)
    accept(path, config)
    say()
    unknown = flytoml.unknown_keys(tomllib.loads(Path(path).read_text()))
    if line.has("strict") and unknown:
        say("\nStrict validation found unrecognised sections or keys:")
        say("".join(f"  - {key}\n" for key in unknown) + "\n")
        raise CommandError("strict validation failed")


def accept(path: str, config: flytoml.Config) -> None:
    """Print the result of the local validation; CommandError when it found a fault."""
    say(f"Validating {path}")
    found = flytoml.problems(config)
    if found:
        say("\n".join(f"\x1b[31m✘\x1b[0m {problem}" for problem in found) + "\n")
        raise CommandError("App configuration is not valid")
    say(f"{TICK} Configuration is valid")


def show_config(line: Line) -> None:
    """Print the configuration of the newest release, always as JSON."""
    name = line.app()
    with graphql("app", app=name):
        app = connect(line).app(name)
    if not app["config"]:
        raise CommandError(_NOTHING)
    say(escaped(flytoml.printed(app["config"] | {"app": name})))
