"""Compare staging with production, and change nothing."""

from dataclasses import dataclass

from staging.errors import INVALID, NOT_SO, SUCCESS
from staging.operations import planning
from staging.operations.observe import Observation
from staging.operations.opening import open_clouds
from staging.operations.steps import Steps
from staging.rules import parity as rule
from staging.rules.resources import Row
from staging.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What was compared, and how it came out."""

    verdict: rule.Verdict
    target: str
    production: str
    staging: str
    rows: tuple[Row, ...]
    differences: tuple[Row, ...]

    @property
    def exit_code(self) -> int:
        """1 on a difference, 6 where there is no staging to compare."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def parity(settings: Settings) -> Parity:
    """Read both sides, side by side, and judge what provisioning keeps equal."""
    seen, steps = Observation(open_clouds(settings)), Steps()
    seen.add_to(steps, after=())
    steps.run()
    rows = planning.rows(seen, reset_schema=False)
    return Parity(
        verdict=rule.verdict(rows, app=seen.app, project=seen.project),
        target=settings.target.name,
        production=settings.production.app,
        staging=settings.staging.app,
        rows=rule.compared(rows),
        differences=rule.differences(rows),
    )
