"""What the platform offers: regions, machine sizes, organisations."""

import json
from pathlib import Path
from typing import Any

ORGANISATIONS = {"bees": "Bees Ltd", "personal": "Sample Dev"}
EMAIL = "dev@example.com"
USER = "Sample Dev"
# Held by an organisation that the token cannot see: unique names fail on it, lists leave it out.
FOREIGN_APP = "taken-by-another"
SMALLEST = "shared-cpu-1x"
_MEMORY = {"shared": (256, 2048), "performance": (2048, 8192)}
_COUNTS = {"shared": (1, 2, 4, 6, 8), "performance": (1, 2, 4, 6, 8, 10, 12, 14, 16)}


def regions() -> list[dict[str, Any]]:
    """Return every region with the fields that `platform regions` prints."""
    found: list[dict[str, Any]] = json.loads(Path(__file__).with_name("regions.json").read_text())
    return found


def sizes() -> dict[str, dict[str, Any]]:
    """Return guest by size's name, sorted as `platform vm-sizes` prints them."""
    found = {
        _size(kind, cpus): {"cpu_kind": kind, "cpus": cpus, "memory_mb": cpus * _MEMORY[kind][0]}
        for kind, counts in _COUNTS.items()
        for cpus in counts
    }
    return dict(sorted(found.items()))


def size_of(guest: dict[str, Any]) -> str:
    """Name the size that a guest has, whatever its memory."""
    return _size(str(guest["cpu_kind"]), int(guest["cpus"]))


def refusal(region: str, guest: dict[str, Any]) -> str | None:
    """Say why the platform would not launch such a machine, or None."""
    if region not in {each["code"] for each in regions()}:
        return f"region {region} not found"
    kind, cpus, memory = str(guest["cpu_kind"]), int(guest["cpus"]), int(guest["memory_mb"])
    if cpus not in _COUNTS.get(kind, ()):
        return f"invalid config.guest: no machine size has {cpus} CPUs of kind {kind}"
    low, high = cpus * _MEMORY[kind][0], cpus * _MEMORY[kind][1]
    if memory < low:
        return f"invalid config.guest.memory_mb, minimum required {low} MiB"
    if memory > high:
        return f"invalid config.guest.memory_mb, maximum allowed {high} MiB"
    if memory % 256:
        return "invalid config.guest.memory_mb, must be in multiples of 256 MiB"
    return None


def _size(kind: str, cpus: int) -> str:
    return f"{'shared-cpu' if kind == 'shared' else kind}-{cpus}x"
