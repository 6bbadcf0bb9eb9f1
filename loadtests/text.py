"""A result as text for a person."""

from collections.abc import Sequence

from loadtests.latency import at
from loadtests.result import Endpoint, Result

HEADINGS = ("endpoint", "requests", "errors", "p50", "p95", "p99", "max ms")


def text(result: Result) -> str:
    """Verdict, objectives, endpoints, and what was left out."""
    measured = result.measured
    lines = [f"{result.outcome.upper()}: load on {result.url}"]
    lines += [f"  {reason}" for reason in result.reasons]
    if result.special:
        lines += ["", *result.special.lines()]
    lines += ["", "Objectives"]
    lines += [f"  {f.outcome.value:8}{f.line}" for f in result.verdict.findings]
    if result.endpoints:
        lines += ["", *_table(result.endpoints)]
    lines += [
        "",
        f"{measured.samples} of {result.planned} planned requests in {result.seconds:.0f} s by "
        f"{result.users} users; {result.errors} errors. Latencies count from when each was due.",
        f"The generator was late by {measured.lag_p99_ms:.1f} ms (p99) and used "
        f"{100 * measured.cpu:.0f} % of a core.",
    ]
    lines += ["", *behind] if (behind := result.explanation.lines()) else []
    lines += [f"Not run: {o.name}: {o.reason}" for o in result.not_run]
    lines += [f"Warning: {warning}" for warning in result.warnings]
    return "\n".join(lines)


def progress(
    *, passed: float, seconds: float, interval: float, latest: Sequence[float], errors: int
) -> str:
    """One line while the run goes on."""
    p95 = f"p95 {at(sorted(latest), 0.95):.0f} ms" if latest else "no answers"
    rate = len(latest) / max(interval, 1e-9)
    where = f"{passed:.0f} of {seconds:.0f} s" if passed <= seconds else "waiting for late answers"
    return f"  {where}: {rate:.1f}/s, {p95}, {errors} errors"


def _table(endpoints: Sequence[Endpoint]) -> list[str]:
    rows: list[tuple[str, ...]] = [HEADINGS]
    for e in endpoints:
        figures = (e.p50_ms, e.p95_ms, e.p99_ms, e.max_ms)
        rows.append((e.name, str(e.requests), str(e.errors), *(f"{ms:.1f}" for ms in figures)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for name, *cells in rows:
        figures_text = "  ".join(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))
        lines.append(f"  {name.ljust(widths[0])}  {figures_text}")
    return lines + [
        f"  {e.name}: {n} times {cause}" for e in endpoints for cause, n in e.causes.items()
    ]
