"""The ways in which an image of the rehearsal can be wrong, by name. None in a good one."""

from dataclasses import dataclass

from rehearsal.application.distortion import table
from rehearsal.application.wrong import statements

MISSTATEMENTS = frozenset(statements.table())
BEHAVIOUR = MISSTATEMENTS | frozenset(
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
        # Another organisation's jobs can be cancelled and shared.
        "tenant-writes",
        # Tokens are believed although they are … (wrong/tokens.py)
        "accepts-expired",
        "accepts-any-audience",
        "accepts-any-issuer",
        "accepts-foreign-signature",
        "accepts-unsigned",
        "accepts-publishable-key",
        # The rate limit is none, one for all clients, or for pages too (wrong/transport.py)
        "no-rate-limit",
        "limit-for-everybody",
        "limits-static-files",
        # Every sixtieth request is answered by the end of its connection.
        "dies-now-and-then",
        # The pool takes one task at a time; never tries again; skips all that is left of a job
        # when a page fails; visits a page once (wrong/workers.py)
        "one-at-a-time",
        "no-retry",
        "a-failure-ends-the-job",
        "never-second-fetch",
        # It lives on after SIGTERM; its memory grows (wrong/process.py)
        "ignores-sigterm",
        "leaks-memory",
        # A change of the profile is answered and forgotten; told one change late; kept in the
        # process and not in the database (wrong/profiles.py)
        "writes-nowhere",
        "stale-reads",
        "wrong-database",
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
