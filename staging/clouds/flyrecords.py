"""flyctl's answers as records."""

from collections.abc import Mapping
from typing import Any

from staging.inventory import App, Certificate, Guest, Machine, Release, StoredSecret

ISSUED = {"ready", "active"}
"""flyctl's word for a certificate that is in use, and that of the Machines API."""


def app(entry: Mapping[str, Any]) -> App:
    """An app, of `status`."""
    hostname = str(entry["Hostname"])
    return App(
        name=entry["Name"],
        url=(entry.get("AppURL") or f"https://{hostname}").rstrip("/"),
        hostname=hostname,
        organisation=entry["Organization"]["Slug"],
        status=entry["Status"],
        version=int(entry.get("Version") or 0),
    )


def machines(entries: list[dict[str, Any]] | None) -> tuple[Machine, ...]:
    """Machines, of `machine list`."""
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
        instance=str(entry.get("instance_id") or ""),
    )


def releases(entries: list[dict[str, Any]] | None) -> tuple[Release, ...]:
    """Releases, newest first."""
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


def secrets(entries: list[dict[str, str]] | None) -> tuple[StoredSecret, ...]:
    """Secrets by name and digest."""
    return tuple(
        StoredSecret(name=e["name"], digest=e["digest"], status=e["status"]) for e in entries or ()
    )


def addresses(entries: list[dict[str, Any]] | None) -> tuple[str, ...]:
    """The types of addresses."""
    return tuple(str(entry["Type"]) for entry in entries or ())


def certificates(answer: list[Any] | dict[str, Any] | None) -> tuple[Certificate, ...]:
    """A list; newer versions may put it into an object, and spell its keys in small letters."""
    found = answer["certificates"] if isinstance(answer, dict) else answer
    return tuple(_certificate(entry) for entry in found or ())


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    given = {key.replace("_", "").lower(): value for key, value in entry.items()}
    status = given.get("clientstatus") or given.get("status") or ""
    return Certificate(hostname=given["hostname"].lower(), ready=status.lower() in ISSUED)
