"""flyctl's verbs, with its answers as records."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from staging.clouds.permission import Permission
from staging.clouds.program import Program, version
from staging.errors import StagingError
from staging.inventory import App, Certificate, Guest, Machine, Release, StoredSecret
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
RELEASE_COMMAND = "fly_app_release_command"
ISSUED = {"ready", "active"}
"""flyctl's word for a certificate that is in use, and that of the Machines API."""


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
        return self._records(("status", "--app", name, "--json"), _app)

    def machines(self, app: str) -> tuple[Machine, ...]:
        """An app's machines as the control plane sees them, none of a release command."""
        found = self._records(("machine", "list", "--app", app, "--json"), _machines)
        return tuple(m for m in found if m.process_group != RELEASE_COMMAND)

    def releases(self, app: str) -> tuple[Release, ...]:
        """The app's releases, newest first; flyctl tells of 25 at most."""
        return self._records(("releases", "--app", app, "--image", "--json"), _releases)

    def config(self, app: str) -> dict[str, Any]:
        """The configuration that the app's last release was made with."""
        return self._records(("config", "show", "--app", app), dict)

    def secrets(self, app: str) -> tuple[StoredSecret, ...]:
        """The app's secrets by name and digest; nobody can read the values back."""
        return self._records(("secrets", "list", "--app", app, "--json"), _secrets)

    def addresses(self, app: str) -> tuple[str, ...]:
        """The types of the app's addresses, such as v6, shared_v4."""
        return self._records(("ips", "list", "--app", app, "--json"), _addresses)

    def certificates(self, app: str) -> tuple[Certificate, ...]:
        """The certificates that the app was given for hostnames of its own."""
        return self._records(("certs", "list", "--app", app, "--json"), _certificates)

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
        self, app: str, *, config: Path, image: str, show: Callable[[str], None] | None = None
    ) -> None:
        """Put an image on an app. Success is flyctl's word only: health is for us to judge."""
        words = ["deploy", "--app", app, "--config", str(config), "--image", image]
        words += ["--ha=false", "--dns-checks=false", "--yes", "--wait-timeout", "5m"]
        self._change(app, *words, timeout=DEPLOY, show=show)

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
    ) -> None:
        """The one way to a verb that changes something."""
        self._may_change.app(app, verb=f"flyctl {words[0]}")
        self._flyctl.run(*words, timeout=timeout, stdin=stdin, hide=hide, show=show)

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


def _app(entry: Mapping[str, Any]) -> App:
    hostname = str(entry["Hostname"])
    return App(
        name=entry["Name"],
        url=(entry.get("AppURL") or f"https://{hostname}").rstrip("/"),
        hostname=hostname,
        organisation=entry["Organization"]["Slug"],
        status=entry["Status"],
        version=int(entry.get("Version") or 0),
    )


def _machines(entries: list[dict[str, Any]] | None) -> tuple[Machine, ...]:
    return tuple(_machine(entry) for entry in entries or ())


def _machine(entry: Mapping[str, Any]) -> Machine:
    config = entry.get("config") or entry["incomplete_config"]  # the latter: its host is away
    image, guest = entry.get("image_ref") or {}, config["guest"]
    repository = f"{image.get('registry', '')}/{image.get('repository', '')}"
    digest, tag = image.get("digest") or "", image.get("tag") or "latest"
    checks = [check["status"] for check in entry.get("checks") or ()]
    return Machine(
        id=entry["id"],
        state=entry["state"],
        region=entry["region"],
        process_group=config.get("metadata", {}).get("fly_process_group", "app"),
        digest=digest,
        image=f"{repository}@{digest}" if digest else f"{repository}:{tag}",
        tagged=f"{repository}:{tag}",
        guest=Guest(cpu_kind=guest["cpu_kind"], cpus=guest["cpus"], memory_mb=guest["memory_mb"]),
        healthy=all(status == "passing" for status in checks) if checks else None,
        config=config,
    )


def _releases(entries: list[dict[str, Any]] | None) -> tuple[Release, ...]:
    found = [
        Release(
            id=e["ID"],
            version=int(e["Version"]),
            status=e["Status"],
            image=e["ImageRef"] or "",
            created_at=e["CreatedAt"],
        )
        for e in entries or ()
    ]
    return tuple(sorted(found, key=lambda release: release.version, reverse=True))


def _secrets(entries: list[dict[str, str]] | None) -> tuple[StoredSecret, ...]:
    return tuple(
        StoredSecret(name=e["name"], digest=e["digest"], status=e["status"]) for e in entries or ()
    )


def _addresses(entries: list[dict[str, Any]] | None) -> tuple[str, ...]:
    return tuple(str(entry["Type"]) for entry in entries or ())


def _certificates(answer: list[Any] | dict[str, Any] | None) -> tuple[Certificate, ...]:
    """A list; newer versions may put it into an object, and spell its keys in small letters."""
    found = answer["certificates"] if isinstance(answer, dict) else answer
    return tuple(_certificate(entry) for entry in found or ())


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    given = {key.replace("_", "").lower(): value for key, value in entry.items()}
    status = given.get("clientstatus") or given.get("status") or ""
    return Certificate(hostname=given["hostname"].lower(), ready=status.lower() in ISSUED)
