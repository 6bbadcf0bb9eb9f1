"""What this checkout would do to an environment: plan, bill and migrations. Reads only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, TypeVar

from staging.errors import INVALID, NOT_SO, SUCCESS, StagingError
from staging.operations import cost as costing
from staging.operations import migrations
from staging.operations.cost import Costs
from staging.operations.opening import open_clouds
from staging.operations.provision import Provisioned, provision
from staging.operations.steps import note, together
from staging.rules.plan import refusals
from staging.rules.verification import Verdict
from staging.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The three of them; `unread` says of what could not be told why."""

    verdict: Verdict
    target: str
    app: str
    at: str
    plan: Provisioned | None
    cost: Costs | None
    migrations: tuple[str, ...] | None
    unread: tuple[tuple[str, str], ...]
    report: ClassVar[str] = "proposal"

    @property
    def exit_code(self) -> int:
        """1 if it cannot be done like that, 6 if not all could be told; changes are no failure."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def proposal(settings: Settings) -> Proposal:
    """Ask for all three side by side; what fails is told beside the rest."""
    unread: dict[str, str] = {}
    plan: list[Provisioned] = []
    bill: list[Costs] = []
    pending: list[tuple[str, ...]] = []
    folder = settings.root / settings.migrations

    def ask(name: str, kept: list[T], question: Callable[[], T]) -> Callable[[], None]:
        def asked() -> None:
            try:
                kept.append(question())
            except StagingError as error:
                note(f"  {name}: {error.problem}")
                unread[name] = error.problem

        return asked

    together(
        plan=ask("plan", plan, lambda: provision(settings, dry_run=True, reset_schema=False)),
        cost=ask("cost", bill, lambda: costing.cost(settings, size="", schedule="always")),
        migrations=ask(
            "migrations", pending, lambda: migrations.pending(open_clouds(settings), folder)
        ),
    )
    return Proposal(
        verdict=_verdict(plan, bill, unread),
        target=settings.target.name,
        app=settings.staging.app,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        plan=plan[0] if plan else None,
        cost=bill[0] if bill else None,
        migrations=pending[0] if pending else None,
        unread=tuple(sorted(unread.items())),
    )


def _verdict(
    plan: Sequence[Provisioned], bill: Sequence[Costs], unread: Mapping[str, str]
) -> Verdict:
    """Fail where the plan is refused or the bill is over the budget."""
    if any(refusals(each.rows) for each in plan) or any(each.over for each in bill):
        return "fail"
    return "invalid" if unread else "pass"
