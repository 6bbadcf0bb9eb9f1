"""fly.toml: read it, derive staging's from production's, write it."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from staging.errors import ConfigurationError
from staging.inventory import Guest

SIZED = {"size", "memory", "memory_mb", "cpu_kind", "cpus", "processes"}
"""What a [[vm]] says of its size, and of whom it speaks."""

HEADER = "# Derived from production's configuration by `invoke provision`. Do not edit.\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What differs in staging: its names for production's (`renamed`), and declared values."""

    app: str
    region: str
    env: Mapping[str, str]
    renamed: Mapping[str, str]


def derive(
    production: Mapping[str, Any], mirror: Mirror, guests: Mapping[str, Guest]
) -> dict[str, Any]:
    """Production's configuration with only staging's differences.

    `guests` are production's machines as they run, by process group. They are what every `[[vm]]`
    says: where one leaves something out flyctl would take its smallest machine, and a machine
    that was scaled by hand is not what is written.
    """
    renamed = {k: rename(str(v), mirror.renamed) for k, v in production.get("env", {}).items()}
    config: dict[str, Any] = {"app": mirror.app, "primary_region": mirror.region, "build": {}}
    config["env"] = renamed | dict(mirror.env)
    config |= {k: v for k, v in production.items() if k not in {"app", "primary_region", "env"}}
    config["vm"] = _machines(production.get("vm", []), guests)
    return config


def rename(text: str, renamed: Mapping[str, str]) -> str:
    """Replace whole names only: `bee` in `bee-staging` or `bees` is another name."""
    names = sorted((name for name in renamed if name), key=len, reverse=True)
    if not names:
        return text
    pattern = "|".join(map(re.escape, names))
    whole = rf"(?<![A-Za-z0-9-])({pattern})(?![A-Za-z0-9-])"
    return re.sub(whole, lambda found: renamed[found[1]], text)


def render(config: Mapping[str, Any]) -> str:
    """The text of fly.staging.toml."""
    import tomlkit  # costs 0.1 s, so not at the top

    return HEADER + tomlkit.dumps(config)


def write(path: Path, config: Mapping[str, Any]) -> None:
    """Write fly.staging.toml as a whole or not at all."""
    part = path.with_suffix(".part")
    try:
        part.write_text(render(config), "utf-8")
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be written.", detail=str(error)) from None


def read(path: Path) -> dict[str, Any]:
    """A fly.toml as plain data, or ConfigurationError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = f"{path.name} cannot be read as TOML."
        raise ConfigurationError(problem, detail=str(error)) from None


def health_checked(config: Mapping[str, Any]) -> bool:
    """Whether flyctl itself would notice a dead image; without checks it calls it deployed."""
    services = [config.get("http_service", {}), *config.get("services", [])]
    kinds = ("checks", "http_checks", "tcp_checks")
    return bool(config.get("checks")) or any(s.get(kind) for s in services for kind in kinds)


def _machines(
    written: Sequence[Mapping[str, Any]], guests: Mapping[str, Guest]
) -> list[dict[str, Any]]:
    if not written:
        return [{**_described(guest), "processes": [group]} for group, guest in guests.items()]
    named = {group for vm in written for group in vm.get("processes") or ()}
    return [each for vm in written for each in _as_they_run(vm, guests, named)]


def _as_they_run(
    vm: Mapping[str, Any], guests: Mapping[str, Guest], named: Collection[str]
) -> Iterator[dict[str, Any]]:
    """A [[vm]] with the size that its machines have; one for each size, where they differ."""
    meant = vm.get("processes") or [group for group in guests if group not in named]
    sizes = list(dict.fromkeys(guests[group] for group in meant if group in guests))
    rest = {k: v for k, v in vm.items() if k not in SIZED}
    for guest in sizes:
        groups = [group for group in meant if guests.get(group) == guest]
        together = "processes" not in vm and len(sizes) == 1
        yield _described(guest) | rest | ({} if together else {"processes": groups})
    if not sizes:  # nothing of it runs, so that its own words are all there is
        yield dict(vm)


def _described(guest: Guest) -> dict[str, Any]:
    gigabytes, rest = divmod(guest.memory_mb, 1024)
    memory = f"{gigabytes}gb" if gigabytes and not rest else f"{guest.memory_mb}mb"
    return {"memory": memory, "cpu_kind": guest.cpu_kind, "cpus": guest.cpus}
