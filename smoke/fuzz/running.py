"""One run from beginning to end: wake, sign in, make something to ask about, drive, tidy up."""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from smoke import access
from smoke.client import Client
from smoke.environment import Environment
from smoke.evidence import Evidence
from smoke.fuzz.driving import Drive
from smoke.fuzz.generation import Generator
from smoke.fuzz.grounds import Grounds
from smoke.fuzz.harmless import ONLY_MALFORMED
from smoke.fuzz.judging import Finding
from smoke.fuzz.report import Run
from smoke.hidden import Hidden
from smoke.ledger import Ledger
from smoke.waking import wake
from staging.rules.endpoints import ENDPOINTS
from staging.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The seed, how many examples of an endpoint, and for how many seconds in all."""

    seed: int
    examples: int
    seconds: float


@dataclass(slots=True)
class _Seen:
    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def run(environment: Environment, *, hidden: Hidden, bounds: Bounds) -> Run:
    """The whole of it."""
    started, begun = datetime.now(UTC), time.monotonic()
    generator = Generator(seed=bounds.seed, domain=environment.domain)
    seen = _Seen()
    try:
        _drive(environment, generator, seen, hidden=hidden, bounds=bounds)
    except Evidence as evidence:
        where, _, rest = str(evidence).partition(": expected ")
        expected, _, got = rest.rpartition(", got ")
        seen.findings.append(Finding(endpoint=where, sent="it", expected=expected, got=got))
    return Run(
        url=environment.url,
        seed=bounds.seed,
        started=started,
        seconds=time.monotonic() - begun,
        sent=seen.sent,
        statuses=seen.statuses,
        findings=seen.findings,
        missing=seen.missing,
        narrowed=ONLY_MALFORMED,
        left=seen.left,
    )


def _drive(
    environment: Environment, generator: Generator, seen: _Seen, *, hidden: Hidden, bounds: Bounds
) -> None:
    ends = time.monotonic() + bounds.seconds
    nobody = Client(url=environment.url, ledger=Ledger())
    if problem := wake(nobody, seconds=environment.patience.wake).problem:
        raise problem
    asked = _asked(environment)
    client = nobody.bearing(_token(environment, hidden, seen))
    if client.token is None:
        asked = [name for name in asked if not ENDPOINTS[name].guarded]
    grounds = Grounds(client=client.afresh(), hidden=hidden)
    drive = Drive(
        client=client,
        grounds=grounds,
        seed=bounds.seed,
        domain=environment.domain,
        ends=ends,
        echoes=environment.parts.has("request ids"),
    )
    seen.sent, seen.statuses, seen.findings = drive.sent, drive.statuses, drive.findings
    try:
        grounds.prepare(domain=environment.domain, asked=frozenset(asked))
        drive.all(generator.examples(name, most=bounds.examples) for name in asked)
    finally:
        seen.left = grounds.endings.run()
    if unreached := [name for name in asked if not drive.sent[name]]:
        late = f"{len(unreached)} endpoints were not reached in {bounds.seconds:.0f} s"
        seen.missing.append(f"{late}, the first {unreached[0]}")


def _asked(environment: Environment) -> list[str]:
    """What there is, those that end something last."""
    known = [name for name in ENDPOINTS if environment.parts.has(name)]
    return sorted(known, key=lambda name: name.startswith("DELETE"))


def _token(environment: Environment, hidden: Hidden, seen: _Seen) -> Secret | None:
    found = access.obtain(environment, hidden=hidden)
    if found.refused:
        raise found.refused
    if found.token is None:
        seen.missing.append(f"what needs a token: {found.lacking}")
    return found.token
