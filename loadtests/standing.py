"""The verdict so far, counted as answers come: sorting all of them would hold the load up."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from staging.rules.hopeless import spare
from staging.rules.limits import FRACTIONS, Limit
from staging.rules.objectives import Outcome


@dataclass(slots=True)
class Standing:
    """Of all requests together; endpoints and resources are judged at the end alone."""

    asked: tuple[Limit, ...]
    samples: int = 0
    errors: int = 0
    _over: dict[str, int] = field(default_factory=dict)

    def count(self, latest: Iterable[float], errors: int) -> None:
        """Add the latest latencies; `errors` are all that there were."""
        new = tuple(latest)
        self.samples, self.errors = self.samples + len(new), errors
        for limit in self.asked:
            if not limit.scope and limit.key in FRACTIONS:
                over = sum(took > limit.value for took in new)
                self._over[limit.key] = self._over.get(limit.key, 0) + over

    @property
    def verdict(self) -> tuple[Outcome, str]:
        """As if the run ended now, and why in few words."""
        needed = max((x.minimum for x in self.asked if self._judged(x)), default=0)
        if broken := [limit.name for limit in self.asked if self._broken(limit)]:
            return Outcome.FAIL, f"{', '.join(broken)} too high"
        if self.samples < max(needed, 1):
            return Outcome.INVALID, f"{self.samples} of {max(needed, 1)} samples"
        return Outcome.PASS, f"{self.samples} samples"

    def _judged(self, limit: Limit) -> bool:
        return not limit.scope and (limit.key in FRACTIONS or limit.key == "error_rate")

    def _broken(self, limit: Limit) -> bool:
        if not self._judged(limit) or self.samples < limit.minimum:
            return False
        if limit.key == "error_rate":
            return self.errors > limit.value * self.samples
        return self._over.get(limit.key, 0) > spare(FRACTIONS[limit.key], self.samples)
