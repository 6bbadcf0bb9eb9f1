"""The closed model: each user waits for its answer, thinks, and asks again."""

from bisect import bisect_left

from loadtests.schedule import Schedule, Slot, Stage

BLIND = (
    "Users of the closed model wait for their answers: what a stall keeps from being sent is in no "
    "latency. Use a profile of the open model to judge stalls."
)


class Closed(Schedule):
    """No request is planned: one is due when its user has thought. All begin within one thought."""

    def __init__(self, *, users: int, think: float, seconds: float) -> None:
        super().__init__([Stage(seconds, users / think, users / think)])
        self.planned = 0
        self._users, self._think = users, think
        self._dues: list[float] = []

    def claim(self, now: float) -> Slot | None:
        """The next of the user that asks, or None where that would be after the end."""
        first = self.claimed < self._users
        wait = self._think * (self.claimed / self._users if first else 1.0)
        if not self._open or now + wait >= self.start + self.seconds:
            return None
        self.claimed += 1
        self.planned = self.claimed
        self._dues.append(now + wait - self.start)
        return Slot(due=now + wait, foreseen=True)

    def due_by(self, seconds: float) -> int:
        """How many were due before so many seconds had passed."""
        self._dues.sort()
        return bisect_left(self._dues, seconds)

    def cut(self, now: float) -> None:
        """End it here."""
        self.close()
        self.seconds = min(self.seconds, max(0.0, now - self.start))

    def elapsed(self, now: float) -> float:
        """Seconds of the run's time that have passed."""
        return min(max(0.0, now - self.start), self.seconds) if self.start else 0.0
