"""The plan's rows for Fly: from its app and addresses to its machines and their image."""

from collections.abc import Iterator, Mapping
from typing import Any

from staging.inventory import Guest, Machine
from staging.rules import certificates
from staging.rules.resources import Change, Found, Row, Wanted, compared, told

SERVING = ("http_service", "services", "checks", "metrics")
APART = {"env", "vm", "build", *SERVING}
"""Keys of a fly.toml that have rows of their own, or that Fly does not keep."""

STOPPING = (True, "stop", "suspend")


def rows(wanted: Wanted, found: Found) -> Iterator[Row]:
    """In the order in which a person would do it."""
    yield _app(wanted, found)
    for kind in ("v4", "v6"):
        yield _address(kind, found)
    yield from certificates.rows(wanted, found)
    yield _file(wanted, found)
    for name, held in found.secrets.items():
        yield _secret(name, held)
    yield _configured("environment variables", wanted, found, ("env",))
    yield _configured("services and checks", wanted, found, SERVING)
    others = sorted({*wanted.config, *(found.config or {})} - APART)
    yield _configured("other configuration", wanted, found, tuple(others))
    yield from _machines(wanted, found)
    yield _image(wanted, found)


def comparable(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without what Fly does not keep: how the image was built."""
    return {k: v for k, v in config.items() if k != "build" and v not in ({}, [])}


def _app(wanted: Wanted, found: Found) -> Row:
    name = f"Fly app {wanted.app}"
    if found.app is None:
        return Row(name, "create", f"in {wanted.region}")
    return Row(name, "nothing", found.app.url)


def _address(kind: str, found: Found) -> Row:
    if any(kind in address for address in found.addresses):
        return Row(f"IP{kind} address", "nothing", "allocated")
    return Row(f"IP{kind} address", "create", "shared" if kind == "v4" else "of its own")


def _file(wanted: Wanted, found: Found) -> Row:
    name = "fly.staging.toml"
    if found.file is None:
        return Row(name, "create", "derived from production's configuration")
    if changes := compared(found.file, wanted.config):
        return Row(name, "update", told(changes), changes)
    if found.file != wanted.config:  # an empty table is not nothing in a file that people read
        return Row(name, "update", "empty tables differ")
    return Row(name, "nothing", "is what production's configuration gives")


def _secret(name: str, held: bool | None) -> Row:  # noqa: FBT001 - a three-valued finding
    if held is None:
        return Row(f"secret {name}", "create", "staged, then deployed")
    if not held:
        return Row(f"secret {name}", "update", "its value is another, or cannot be told")
    return Row(f"secret {name}", "nothing", "deployed")


def _configured(resource: str, wanted: Wanted, found: Found, keys: tuple[str, ...]) -> Row:
    """What the last release was made with, beside what fly.staging.toml should say."""
    should = {k: v for k, v in comparable(wanted.config).items() if k in keys}
    if found.config is None:
        return Row(resource, "create", f"{_leaves(should)} settings")
    has = {k: v for k, v in comparable(found.config).items() if k in keys}
    changes = compared(has, should)
    if resource == "environment variables":
        changes += _overridden(should, found, {change.path for change in changes})
    if changes:
        return Row(resource, "update", told(changes), changes)
    return Row(resource, "nothing", f"{_leaves(should)} settings as they should be")


def _overridden(should: Mapping[str, Any], found: Found, known: set[str]) -> tuple[Change, ...]:
    """What a machine's own environment says otherwise: someone has updated it by hand."""
    env = {name: str(value) for name, value in should.get("env", {}).items()}
    changes: dict[str, Change] = {}
    for machine in found.machines:
        for name, value in env.items():
            has = machine.env.get(name)
            if has != value and f"env.{name}" not in known:
                changes.setdefault(name, Change(f"env.{name} of {machine.id}", has, value))
    return tuple(changes.values())


def _machines(wanted: Wanted, found: Found) -> Iterator[Row]:
    for group in wanted.groups:
        name, guest = f"machines {group.name}", group.guest
        size = f"{guest.cpu_kind} {guest.cpus} CPU {guest.memory_mb} MB in {wanted.region}"
        there = [m for m in found.machines if m.process_group == group.name]
        if not there:
            yield Row(name, "create", f"{group.count} of {size}")
            continue
        changes = compared({"count": len(there)}, {"count": group.count})
        for machine in there:
            changes += _machine(machine, guest, wanted)
        if any(change.path.endswith(".region") for change in changes):
            detail = f"{told(changes)}; a machine cannot move: destroy it, and run this again"
            yield Row(name, "refused", detail, changes)
        elif changes:
            yield Row(name, "update", told(changes), changes)
        else:
            yield Row(name, "nothing", f"{group.count} of {size}")
    for machine in found.machines:
        if machine.process_group not in {group.name for group in wanted.groups}:
            detail = "production has no such process group"
            yield Row(f"machines {machine.process_group}", "update", detail)


def _machine(machine: Machine, guest: Guest, wanted: Wanted) -> tuple[Change, ...]:
    names = ("cpu_kind", "cpus", "memory_mb")
    has = {name: getattr(machine.guest, name) for name in names} | {"region": machine.region}
    should = {name: getattr(guest, name) for name in names} | {"region": wanted.region}
    if machine.state != "started" and not _may_stop(wanted.config):
        has["state"], should["state"] = machine.state, "started"
    return compared(has, should, machine.id)


def _may_stop(config: Mapping[str, Any]) -> bool:
    """Whether Fly stops machines of this configuration by itself when nobody asks for them."""
    services = [config.get("http_service", {}), *config.get("services", [])]
    return any(service.get("auto_stop_machines") in STOPPING for service in services)


def _image(wanted: Wanted, found: Found) -> Row:
    image = _short(wanted.digest)
    if not found.machines:
        return Row("image", "create", f"{image}, as production runs it")
    if other := sorted({m.digest for m in found.machines} - {wanted.digest}):
        changes = tuple(Change("digest", _short(digest), image) for digest in other)
        return Row("image", "update", told(changes), changes)
    return Row("image", "nothing", f"{image}, as production runs it")


def _leaves(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
