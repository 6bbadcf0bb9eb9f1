"""All that staging runs with, value by value, and production's names that none may hold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from staging import flyconfig
from staging.inventory import AUTH, StoredSecret
from staging.operations import secrets, wanted
from staging.operations.bothsides import BothSides, Environment, learnt
from staging.operations.credentials import Credentials
from staging.rules.isolation import Unknown
from staging.rules.naming import Names
from staging.rules.outgoing import ENVIRONMENT, Sending

RELEASE = "release configuration"


def values(seen: BothSides) -> dict[str, str | Unknown]:
    """Each place that holds a value, with the value or why nobody knows it."""
    staging, found = seen.staging, dict[str, str | Unknown]()
    for name, group in (
        (RELEASE, staging.config),
        (seen.clouds.settings.app_config.name, _file(seen)),
    ):
        found |= {name: group} if isinstance(group, Unknown) else dict(_leaves(name, group))
    if isinstance(staging.machines, Unknown):
        found["machines"] = staging.machines
    else:
        for machine in staging.machines:
            found |= dict(_leaves(f"machine {machine.id} env", machine.env))
    found |= _secrets(seen)
    found |= dict(_services(staging))
    if isinstance(staging.database, Unknown):
        found["database code"] = staging.database
    else:
        found |= staging.database.code
    return found


def names(seen: BothSides) -> Names | Unknown:
    """Production's hosts, refs and domains; an address that both have does not tell them apart."""
    settings, theirs, ours = seen.clouds.settings, seen.production, seen.staging
    for each in (theirs.app, theirs.project, ours.app, ours.project):
        if isinstance(each, Unknown):
            return each
    app, project = settings.production.app, theirs.project
    hosts = {f"{app}.{end}" for end in ("fly.dev", "internal", "flycast")}
    hosts |= {theirs.app.hostname, *settings.production.domains, project.host}  # type: ignore[union-attr]
    own = {ours.app.hostname, f"{settings.staging.app}.fly.dev", ours.project.host}  # type: ignore[union-attr]
    own.add((settings.staging.url or "").partition("://")[2].partition(":")[0])
    words = {project.ref, *(host for host in hosts if ":" in host)}  # type: ignore[union-attr]
    return Names(
        hosts={host for host in hosts - own if ":" not in host}, words=words - own, own=own
    )


def sending(seen: BothSides, side: Environment) -> Sending | Unknown:
    """Variables and secrets of one side; a secret that says which environment it is, as it says."""
    for each in (side.config, side.machines, side.secrets):
        if isinstance(each, Unknown):
            return each
    env = {str(k): str(v) for k, v in (side.config.get("env") or {}).items()}  # type: ignore[union-attr]
    for machine in side.machines:  # type: ignore[union-attr]
        env |= machine.env
    secrets = {stored.name: stored for stored in side.secrets}  # type: ignore[union-attr]
    for name in ENVIRONMENT if side is seen.staging else ():
        told = _secret(seen, secrets[name]) if name in secrets else ""
        if isinstance(told, str) and told:
            env[name] = told
            del secrets[name]
    return Sending(env=env, secrets=tuple(secrets.values()))


def _file(seen: BothSides) -> Mapping[str, Any] | Unknown:
    return learnt(lambda: flyconfig.read(seen.clouds.settings.app_config))


def _secrets(seen: BothSides) -> dict[str, str | Unknown]:
    """The values that Fly holds, as far as they are those that staging.toml gives."""
    stored = seen.staging.secrets
    if isinstance(stored, Unknown):
        return {"secrets": stored}
    return {f"secret {each.name}": _secret(seen, each) for each in stored}


def _secret(seen: BothSides, stored: StoredSecret) -> str | Unknown:
    source = next((s for s in seen.clouds.settings.secrets if s.name == stored.name), None)
    if source is None:
        return Unknown("staging.toml does not name it, so nobody here knows its value")
    project = None if isinstance(seen.staging.project, Unknown) else seen.staging.project
    value = learnt(
        lambda: secrets.value(seen.clouds, wanted.known(seen.clouds, project, source), source)
    )
    if isinstance(value, Unknown):
        return value
    credentials = Credentials(seen.clouds.settings, seen.clouds.environ)
    text = secrets.text(value or "")
    if not credentials.unchanged(stored, text):
        return Unknown("Fly holds another value than staging.toml gives, or which is not known")
    return text


def _services(staging: Environment) -> Iterator[tuple[str, str | Unknown]]:
    if isinstance(staging.services, Unknown):
        yield AUTH, staging.services
    elif AUTH in staging.services.unreadable:
        yield AUTH, Unknown(staging.services.unreadable[AUTH])
    else:
        yield from _leaves(AUTH, staging.services.groups[AUTH])


def _leaves(place: str, value: Any) -> Iterator[tuple[str, str | Unknown]]:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{place} {key}", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            yield from _leaves(f"{place} {number}", inner)
    elif value is not None:
        yield place, str(value)
