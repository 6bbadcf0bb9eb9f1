"""The ways in which an image of the rehearsal can be wrong, by name. None in a good one."""

from dataclasses import dataclass

from rehearsal.application.distortion import table

BEHAVIOUR = frozenset(
    {
        "crash",
        "unhealthy",
        "sick",
        "no-database",
        "broken-endpoint",
        "missing-field",
        "no-workers",
        "noop-cancel",
        "cold-cache",
        "slow",
        "leaky",
        "open-door",
        "tenant-leak",
    }
)
NAMES = BEHAVIOUR | table().keys()
SLOWER_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of this process."""

    names: frozenset[str]

    def __post_init__(self) -> None:
        if unknown := self.names - NAMES:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")

    @property
    def distortions(self) -> list[str]:
        """Those that only its answers have."""
        return sorted(self.names - BEHAVIOUR)

    def __contains__(self, name: str) -> bool:
        if name not in NAMES:
            raise ValueError(f"there is no fault {name}")
        return name in self.names
