"""flyctl's verbs, with its answers as records."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from staging.clouds import flyrecords
from staging.clouds.permission import Permission
from staging.clouds.program import Program, version
from staging.errors import CommandFailed, StagingError
from staging.inventory import App, Certificate, Machine, Release, StoredSecret
from staging.secret import Secret

QUIET = {
    # Each deploy posts traces, with the API token in a header, over plain HTTP: to nowhere, then.
    "FLY_TRACE_COLLECTOR_URL": "127.0.0.1",
    "FLY_NO_UPDATE_CHECK": "1",
    "FLY_NO_INCIDENTS_CHECK": "1",
    "FLY_SEND_METRICS": "0",
    "FLY_SYNTHETICS_AGENT": "0",
    "NO_COLOR": "1",
}
T = TypeVar("T")

LOOK = 60.0  # seconds for a call that only reads
CHANGE = 120.0
DEPLOY = 900.0
LAUNCH = 330.0
"""Seconds for one machine: flyctl itself waits up to five minutes for its start."""

RELEASE_COMMAND = "fly_app_release_command"
LOGS = 6.0
"""Seconds for the newest log lines: with none to show flyctl asks for ever."""


@dataclass(frozen=True, slots=True)
class Console:
    """A command that reaches a program on a machine by stdin and stdout, and its environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str | Secret]


class Fly:
    """Fly.io through flyctl. Only what `may_change` permits can be changed."""

    def __init__(self, program: Program, *, may_change: Permission) -> None:
        self._flyctl = program.with_env(QUIET)
        self._may_change = may_change

    def version(self) -> tuple[int, ...]:
        """The program's version."""
        return self._records(("version", "--json"), lambda answer: version(answer["Version"]))

    def whoami(self) -> str:
        """The e-mail address that the token belongs to."""
        return self._records(("auth", "whoami", "--json"), lambda answer: str(answer["email"]))

    def regions(self) -> frozenset[str]:
        """The codes of Fly's regions, such as syd."""
        words = ("platform", "regions", "--json")
        return self._records(words, lambda found: frozenset(str(each["code"]) for each in found))

    def apps(self) -> tuple[str, ...]:
        """The names of the apps that the token can see; a token of one app may not ask."""
        words = ("apps", "list", "--json")
        return self._records(words, lambda found: tuple(str(e["Name"]) for e in found or ()))

    def app(self, name: str) -> App:
        """An app, or NotFound."""
        return self._records(("status", "--app", name, "--json"), flyrecords.app)

    def machines(self, app: str) -> tuple[Machine, ...]:
        """An app's machines as the control plane sees them, none of a release command."""
        found = self._records(("machine", "list", "--app", app, "--json"), flyrecords.machines)
        return tuple(m for m in found if m.process_group != RELEASE_COMMAND)

    def releases(self, app: str) -> tuple[Release, ...]:
        """The app's releases, newest first; flyctl tells of 25 at most."""
        return self._records(("releases", "--app", app, "--image", "--json"), flyrecords.releases)

    def config(self, app: str) -> dict[str, Any]:
        """The configuration that the app's last release was made with."""
        return self._records(("config", "show", "--app", app), dict)

    def secrets(self, app: str) -> tuple[StoredSecret, ...]:
        """The app's secrets by name and digest; nobody can read the values back."""
        return self._records(("secrets", "list", "--app", app, "--json"), flyrecords.secrets)

    def addresses(self, app: str) -> tuple[str, ...]:
        """The types of the app's addresses, such as v6, shared_v4."""
        return self._records(("ips", "list", "--app", app, "--json"), flyrecords.addresses)

    def certificates(self, app: str) -> tuple[Certificate, ...]:
        """The certificates that the app was given for hostnames of its own."""
        return self._records(("certs", "list", "--app", app, "--json"), flyrecords.certificates)

    def logs(self, app: str) -> str:
        """The newest of what its machines said; nothing where that cannot be read in time."""
        try:
            return self._flyctl.run("logs", "--app", app, "--no-tail", timeout=LOGS).stdout
        except CommandFailed as error:
            return error.output

    def create(self, app: str, *, organisation: str) -> None:
        """Make an app, or NameTaken."""
        self._change(app, "apps", "create", app, "--org", organisation, "--json")

    def allocate(self, app: str, *, kind: str) -> None:
        """Give an app an address that costs nothing: a shared v4 or a v6."""
        words = {"v4": ("allocate-v4", "--shared"), "v6": ("allocate-v6",)}[kind]
        self._change(app, "ips", *words, "--app", app)

    def add_certificate(self, app: str, hostname: str) -> None:
        """Ask for a certificate; Fly issues it once DNS leads the hostname to the app."""
        self._change(app, "certs", "add", hostname, "--app", app)

    def stage_secrets(self, app: str, secrets: Mapping[str, Secret | str]) -> None:
        """Hold secrets for the next deploy; no machine restarts."""
        lines = Secret("".join(import_line(name, value) for name, value in secrets.items()))
        hide = [value for value in secrets.values() if isinstance(value, Secret)]
        self._change(app, "secrets", "import", "--stage", "--app", app, stdin=lines, hide=hide)

    def unstage_secrets(self, app: str, names: Collection[str]) -> None:
        """Take secrets back that no deploy has given to the machines yet."""
        self._change(app, "secrets", "unset", *sorted(names), "--stage", "--app", app)

    def deploy(
        self,
        app: str,
        *,
        config: Path,
        image: str = "",
        source: Path | None = None,
        strategy: str = "",
        show: Callable[[str], None] | None = None,
    ) -> None:
        """Put an image on an app, or what `source` is built to.

        Success is flyctl's word only: health is for us to judge.
        """
        words = ["deploy", *([str(source)] if source else [])]
        # flyctl goes into `source` before it reads the configuration.
        words += ["--app", app, "--config", str(config.absolute())]
        words += ["--remote-only"] if source else ["--image", image]
        words += ["--ha=false", "--dns-checks=false", "--yes", "--wait-timeout", "5m"]
        words += ["--strategy", strategy] if strategy else []
        self._change(app, *words, timeout=DEPLOY, show=show)

    def build(self, app: str, source: Path, *, label: str) -> None:
        """Make `source`, a folder with a Dockerfile and a fly.toml, an image of the app's."""
        words = ("deploy", str(source), "--app", app, "--config", str(source / "fly.toml"))
        made = ("--build-only", "--push", "--remote-only", "--image-label", label)
        # A word of its own, so that whoever may deploy, as a promotion may, may not do this too.
        self._change(app, *words, *made, timeout=DEPLOY, verb="flyctl deploy --build-only")

    def launch(
        self, app: str, image: str, *command: str, region: str, size: str, labels: Mapping[str, str]
    ) -> str:
        """Start a machine that is no deploy's and goes when its command ends; its id."""
        words = ["machine", "run", image, *command, "--app", app, "--region", region, "--rm"]
        words += [w for name, value in labels.items() for w in ("--metadata", f"{name}={value}")]
        told = self._change(app, *words, "--vm-size", size, "--detach", timeout=LAUNCH)
        if found := re.search(r"Machine ID: (\w+)", told):
            return found[1]
        raise self._flyctl.unknown_form(words, ValueError("no Machine ID"), told)

    def console(self, app: str, machine: str, command: str) -> Console:
        """What runs a command on a machine, with the stdin and stdout of whoever starts it."""
        self._may_change.app(app, verb="flyctl ssh")
        words = ("ssh", "console", "--app", app, "--machine", machine, "--quiet")
        return Console((self._flyctl.path, *words, "--command", command), self._flyctl.env)

    def remove(self, app: str, *machines: str) -> None:
        """End machines, whatever they do."""
        self._change(app, "machine", "destroy", *machines, "--app", app, "--force")

    def kill(self, app: str, machine: str) -> None:
        """End what a machine runs at once, as an accident would."""
        self._change(app, "machine", "kill", machine, "--app", app)

    def start(self, app: str, machine: str) -> None:
        """Start a machine that was killed or stopped."""
        self._change(app, "machine", "start", machine, "--app", app)

    def scale(self, app: str, counts: Mapping[str, int]) -> None:
        """Have so many machines of each process group."""
        words = [f"{group}={count}" for group, count in sorted(counts.items())]
        self._change(app, "scale", "count", *words, "--app", app, "--yes", timeout=DEPLOY)

    def destroy(self, app: str) -> None:
        """End an app and all that belongs to it."""
        self._change(app, "apps", "destroy", app, "--yes")

    def _change(
        self,
        app: str,
        *words: str,
        timeout: float = CHANGE,
        stdin: Secret | None = None,
        hide: Collection[Secret] = (),
        show: Callable[[str], None] | None = None,
        verb: str = "",
    ) -> str:
        """The one way to a verb that changes something; what it printed."""
        told = words[:2] if words[0] == "machine" else words[:1]
        self._may_change.app(app, verb=verb or " ".join(("flyctl", *told)))
        done = self._flyctl.run(*words, timeout=timeout, stdin=stdin, hide=hide, show=show)
        return done.stdout

    def _records(self, words: tuple[str, ...], parse: Callable[[Any], T]) -> T:
        answer = self._flyctl.json(*words, timeout=LOOK)
        try:
            return parse(answer)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._flyctl.unknown_form(words, error) from error


def import_line(name: str, secret: Secret | str) -> str:
    """A secret as `flyctl secrets import` reads it: fenced, or a '#' would cut it."""
    value = secret.reveal() if isinstance(secret, Secret) else secret
    if '"' in value or len(value) > 60_000:
        raise StagingError(
            f"{name} cannot be given to flyctl: it holds a double quote or is over 60 kB.",
            detail="`flyctl secrets import` would store something else, and say nothing.",
            remedy=f"Choose another value for {name}.",
        )
    return f'{name}="""{value}"""\n'
