"""What can bear witness of staging: a command, the report that it leaves, what it disturbs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One command, run as `python -m …`. `seconds` is its limit, `after` what it must not disturb.

    `always`: it only looks, and takes seconds, so that a report of earlier is not worth keeping.
    `of_workflows`: it says something of the workflow files, not of an image.
    """

    name: str
    words: tuple[str, ...]
    seconds: float
    after: tuple[str, ...] = ()
    always: bool = False
    of_workflows: bool = False
    kept: str = ""

    @property
    def told(self) -> str:
        """The command as a person types it."""
        return " ".join(self.words)

    @property
    def report(self) -> str:
        """Its report's name."""
        return self.kept or self.name


LOOKING = (
    Witness(name="plan", words=("invoke", "provision", "--dry-run"), seconds=300.0, always=True),
    Witness(name="parity", words=("invoke", "parity", "--release"), seconds=300.0, always=True),
    Witness(name="cost", words=("invoke", "cost"), seconds=120.0, always=True),
    Witness(
        name="workflows",
        words=("invoke", "workflows"),
        seconds=180.0,
        always=True,
        of_workflows=True,
    ),
)
QUIET = tuple(each.name for each in LOOKING)
WITNESSES = (
    *LOOKING,
    # Smoke and isolation both write to the smoke user's profile, and both look who wrote.
    Witness(name="smoke", words=("nox", "-s", "smoke"), seconds=900.0),
    Witness(name="isolation", words=("invoke", "isolation"), seconds=300.0, after=("smoke",)),
    Witness(
        name="migrations",
        words=("invoke", "migrations.rehearse"),
        seconds=1800.0,
        after=("smoke", "isolation"),
    ),
    Witness(name="walk", words=("nox", "-s", "workflows"), seconds=1800.0, of_workflows=True),
    # Whatever else runs would be measured with it.
    Witness(
        name="load",
        words=("nox", "-s", "load"),
        seconds=900.0,
        after=(*QUIET, "smoke", "isolation", "migrations", "walk"),
    ),
)
"""In the order of their names in reports/; load is alone with staging."""
