"""What parity compares: the facts of both sides, staging's beside what production's would be."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from staging import flyconfig
from staging.inventory import Machine
from staging.operations import planning
from staging.operations.observe import Observation
from staging.rules import effective
from staging.rules.catalog import unseen
from staging.rules.flyrows import comparable
from staging.rules.parity import Resource, compare, databases
from staging.rules.services import Compared, differences

CONFIGURED = {"app", "primary_region", "env", "vm"}
"""Keys of a release's configuration that are compared as what the machines have of them."""


def resources(seen: Observation) -> Iterator[Resource]:
    """Every resource that was read on both sides."""
    yield compare("PostgreSQL version", *_engines(seen))
    yield compare("database region", *_regions(seen))
    if seen.catalog and seen.production_catalog:
        yield from databases(seen.production_catalog, seen.catalog)
    if seen.services and seen.production_services:
        for each in services(seen):
            if not each.unreadable:
                yield compare(each.name, each.wanted, each.found)
    yield compare("fly.staging.toml", planning.configuration(seen), _file(seen))
    yield compare("release configuration", *_released(seen))
    names = planning.renamed(seen)
    production, staging = _groups(seen.production_machines), _groups(seen.machines)
    yield compare("machines", *(_sizes(each) for each in (production, staging)))
    yield compare("images", *(_images(each) for each in (production, staging)))
    yield compare(
        "machine configuration",
        effective.renamed(_each(production, effective.configuration), names),
        _each(staging, effective.configuration),
    )
    yield compare(
        "environment variables",
        _declared(seen, effective.renamed(_each(production, effective.environment), names)),
        _each(staging, effective.environment),
    )
    yield compare("secrets", *_secrets(seen))


def services(seen: Observation) -> tuple[Compared, ...]:
    """Supabase's settings, by group."""
    if seen.services is None or seen.production_services is None:
        return ()
    return differences(seen.production_services, seen.services, planning.renamed(seen))


def hidden(seen: Observation) -> dict[str, str]:
    """What a database did not show; of settings some are only ever shown to a superuser."""
    if seen.catalog is None or seen.production_catalog is None:
        return {}
    lines = [line.split(": ", 1) for line in unseen(seen.production_catalog, seen.catalog)]
    return {name: why for name, why in lines if not name.startswith("setting ")}


def running(seen: Observation, told: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Resource:
    """The running applications: what each tells, beside what staging.toml expects of both.

    `told` gives, for production and staging, each metric's value by machine.
    """
    expected = seen.clouds.settings.parity.running
    should = {side: dict(expected) for side in told}
    are = {
        side: {name: _agreed(found[name].values()) for name in expected}
        for side, found in told.items()
    }
    return compare("running application", should, are)


def _engines(seen: Observation) -> tuple[object, object]:
    both = (seen.production_project, seen.project)
    production, staging = ({"version": each.engine if each else None} for each in both)
    return production, staging


def _regions(seen: Observation) -> tuple[object, object]:
    both = (seen.production_project, seen.project)
    production, staging = ({"region": each.region if each else None} for each in both)
    return production, staging


def _file(seen: Observation) -> Mapping[str, Any] | None:
    path = seen.clouds.settings.app_config
    return flyconfig.read(path) if path.is_file() else None


def _released(seen: Observation) -> tuple[object, object]:
    wanted, has = planning.configuration(seen), seen.config or {}
    production, staging = (
        {k: v for k, v in comparable(each).items() if k not in CONFIGURED} for each in (wanted, has)
    )
    return production, staging


Groups = Mapping[str, list[Machine]]


def _groups(machines: tuple[Machine, ...]) -> Groups:
    found: dict[str, list[Machine]] = {}
    for machine in sorted(machines, key=lambda each: each.id):
        found.setdefault(machine.process_group, []).append(machine)
    return found


def _sizes(groups: Groups) -> dict[str, Any]:
    return {
        name: {
            "count": len(machines),
            "regions": dict(Counter(machine.region for machine in machines)),
            "sizes": dict(Counter(_size(machine) for machine in machines)),
        }
        for name, machines in groups.items()
    }


def _size(machine: Machine) -> str:
    guest = machine.guest
    return f"{guest.cpu_kind} {guest.cpus} CPU {guest.memory_mb} MB"


def _images(groups: Groups) -> dict[str, dict[str, int]]:
    return {name: dict(Counter(m.digest for m in found)) for name, found in groups.items()}


def _each(groups: Groups, read: Any) -> dict[str, Any]:  # noqa: ANN401 - a reader of one machine
    """Of each group: what its machines have; one that differs from the first stands by itself."""
    found: dict[str, Any] = {}
    for name, machines in groups.items():
        first, *others = [read(machine.config) for machine in machines]
        found[name] = first
        for machine, other in zip(machines[1:], others, strict=True):
            if other != first:
                found[f"{name} {machine.id}"] = other
    return found


def _declared(seen: Observation, environments: dict[str, Any]) -> dict[str, Any]:
    """Production's variables with those that [staging.env] gives other values."""
    own = seen.clouds.settings.staging.env
    return {group: {**env, **own} for group, env in environments.items()}


def _secrets(seen: Observation) -> tuple[object, object]:
    """Names only. Those that [secrets] gives staging beyond production's are meant."""
    declared = {secret.name for secret in seen.clouds.settings.secrets if not secret.optional}
    wanted = declared | set(seen.production_secrets)
    return dict.fromkeys(sorted(wanted), "held"), dict.fromkeys(sorted(seen.secrets), "held")


def _agreed(values: Any) -> float | str | None:  # noqa: ANN401 - a view of numbers
    """What every machine tells; all of it, where they don't tell the same."""
    told = sorted(set(values))
    return told[0] if len(told) == 1 else ", ".join(f"{each:g}" for each in told) or None
