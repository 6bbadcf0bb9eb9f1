"""What each endpoint's requests were like, as the rules want it."""

from loadtests.latency import Recorder, percentiles
from staging.rules.objectives import Share


def shares(recorder: Recorder, seconds: float) -> dict[str, Share]:
    """By the endpoint's name."""
    return {
        name: Share(
            samples=len(tally.due),
            error_rate=tally.errors / len(tally.due),
            requests_per_second=len(tally.due) / seconds,
            due=percentiles(tally.due),
        )
        for name, tally in recorder.tallies.items()
        if tally.due and seconds
    }
