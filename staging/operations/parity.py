"""Compare staging with production, and change nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from staging.clouds.metrics import Metrics
from staging.errors import INVALID, NOT_SO, SUCCESS, ServiceFailed
from staging.inventory import App, Subject
from staging.operations import facts, releasing
from staging.operations.observe import Observation
from staging.operations.opening import Clouds, open_clouds
from staging.operations.steps import Steps, Timing
from staging.operations.subjects import of_machines
from staging.rules.parity import Certificate, Finding, Resource, Verdict, judge
from staging.secret import Secret
from staging.settings import Settings

Told = dict[str, dict[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One resource: how many values were compared, and how many of them are not equal."""

    resource: str
    values: int
    different: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What was compared, and how it came out. `unread` gives the reason for each resource."""

    verdict: Verdict
    target: str
    production: str
    staging: str
    subject: Subject
    at: str
    resources: tuple[Compared, ...]
    differences: tuple[Finding, ...]
    meant: tuple[Finding, ...]
    unread: Mapping[str, str]
    certificate: Certificate | None
    seconds: float
    chain_seconds: float
    steps: tuple[Timing, ...]
    report: ClassVar[str] = "parity"

    @property
    def exit_code(self) -> int:
        """1 on a difference, 6 where something could not be compared."""
        return {"pass": SUCCESS, "fail": NOT_SO, "invalid": INVALID}[self.verdict]


def parity(settings: Settings, *, of_release: bool = False) -> Parity:
    """Read both sides, side by side, and judge.

    `of_release`: what staging runs is to be promoted, and may be ahead by image and migrations.
    """
    clouds, steps = open_clouds(settings), Steps()
    seen, told, unread = Observation(clouds), Told(), dict[str, str]()
    _observe(seen, steps, told, unread)
    resources = tuple(_resources(seen, told, unread))
    now = datetime.now(UTC)
    meant = releasing.meant(clouds, resources, now) if of_release else ()
    judged = judge(
        resources,
        allowed=(*settings.parity.allowed, *meant),
        unread=unread,
        now=now,
        valid_hours=settings.parity.valid_hours,
    )
    return Parity(
        verdict=judged.verdict,
        target=settings.target.name,
        production=settings.production.app,
        staging=settings.staging.app,
        subject=of_machines(settings, seen.machines),
        at=now.isoformat(timespec="seconds"),
        resources=tuple(
            Compared(resource=r.name, values=r.values, different=len(r.differences))
            for r in resources
        ),
        differences=judged.findings,
        meant=judged.meant,
        unread=unread,
        certificate=judged.certificate,
        seconds=round(steps.elapsed(), 2),
        chain_seconds=round(steps.chain(), 2),
        steps=tuple(steps.timings),
    )


def _observe(seen: Observation, steps: Steps, told: Told, unread: dict[str, str]) -> None:
    seen.add_to(steps)
    steps.add("read production's secrets", seen.read_production_secrets)
    sides = {"production": "read production's app", "staging": "find staging's app"}
    for side, app in sides.items() if seen.clouds.settings.parity.running else ():
        look = partial(_metrics, seen, side, told, unread)
        steps.add(f"read {side}'s metrics", look, after=(app,))
    steps.run()


def _resources(seen: Observation, told: Told, unread: dict[str, str]) -> list[Resource]:
    """What can be compared; what cannot is told in `unread`."""
    if seen.app is None or seen.project is None:
        missing = "Fly app" if seen.app is None else "Supabase project"
        unread[missing] = "staging has none yet"
        return []
    if seen.catalog is None:
        unread["database schema"] = "staging's database does not let us in"
    unread |= {each.name: each.unreadable for each in facts.services(seen) if each.unreadable}
    unread |= facts.hidden(seen)
    found = list(facts.resources(seen))
    if told.keys() == {"production", "staging"}:
        found.append(facts.running(seen, told))
    return found


def _metrics(seen: Observation, side: str, told: Told, unread: dict[str, str]) -> None:
    """What one side's application tells of what is expected of both."""
    app = seen.production_app if side == "production" else seen.app
    if app is None:
        return
    try:
        told[side] = _asked(seen.clouds, app)
    except ServiceFailed as error:
        unread[f"running application of {side}"] = f"{error.problem} {error.detail}".strip()


def _asked(clouds: Clouds, app: App) -> dict[str, Mapping[str, float]]:
    found = {}
    metrics = Metrics(base=clouds.environ.get("FLY_API_BASE_URL"), token=_token(clouds))
    for name in clouds.settings.parity.running:
        found[name] = metrics.values(app.organisation, app.name, name)
        if not found[name]:
            raise ServiceFailed(
                f"Fly has no metric {name} of {app.name}.",
                detail="Its fly.toml needs [metrics], and Fly asks every 15 s only.",
            )
    return found


def _token(clouds: Clouds) -> Secret:
    found = clouds.environ.secret("FLY_ACCESS_TOKEN") or clouds.environ.secret("FLY_API_TOKEN")
    if found is None:
        raise ServiceFailed("Fly's metrics cannot be read: FLY_API_TOKEN is not set.")
    return found
