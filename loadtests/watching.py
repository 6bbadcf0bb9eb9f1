"""Looks on while a run goes on: when an objective is lost for good, the run can end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadtests.latency import Recorder
from loadtests.mix import Errand
from loadtests.schedule import Schedule
from staging.rules.hopeless import Planned, Seen, hopeless
from staging.rules.limits import FRACTIONS, Limit


@dataclass(slots=True)
class Watch:
    """Called every now and then, it says whether the run is to end; `lost` says why."""

    asked: tuple[Limit, ...]
    recorder: Recorder
    schedule: Schedule
    shares: Mapping[str, float] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    _looked: dict[str, int] = field(default_factory=dict)
    _over: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def __call__(self) -> bool:
        """Count what is new."""
        self._count()
        seen = {"": self._seen("")} | {name: self._seen(name) for name in self.recorder.tallies}
        planned = Planned(
            requests=self.schedule.planned, seconds=self.schedule.seconds, shares=self.shares
        )
        self.lost = hopeless(self.asked, seen, planned, in_time=self.recorder.in_time)
        return bool(self.lost)

    def _count(self) -> None:
        """Only what came since: all of it would hold the users up."""
        slow = [limit for limit in self.asked if limit.key in FRACTIONS]
        for name, tally in self.recorder.tallies.items():
            new = tally.due[self._looked.get(name, 0) :]
            self._looked[name] = self._looked.get(name, 0) + len(new)
            for limit in slow:
                if limit.scope in ("", name):
                    place = (limit.scope, name, limit.key)
                    over = sum(took > limit.value for took in new)
                    self._over[place] = self._over.get(place, 0) + over

    def _seen(self, scope: str) -> Seen:
        tallies = [t for name, t in self.recorder.tallies.items() if scope in ("", name)]
        over: dict[str, int] = {}
        for (limited, _, key), number in self._over.items():
            if limited == scope:
                over[key] = over.get(key, 0) + number
        return Seen(
            samples=sum(len(tally.due) for tally in tallies),
            errors=sum(tally.errors for tally in tallies),
            over=over,
        )


def shares(errands: Sequence[Errand]) -> dict[str, float]:
    """Each endpoint's part of the requests."""
    total = sum(errand.weight for errand in errands)
    return {errand.name: errand.weight / total for errand in errands}
