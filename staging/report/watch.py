"""What `invoke watch` sees, as one screen of text, or as one line for each look."""

from staging.operations.watch import Standing, Watched
from staging.report.lines import table, text
from staging.rules.alerts import State
from staging.rules.figures import ENOUGH

MARKS = {State.CLEAR: " ", State.PENDING: "~", State.FIRING: "!", State.UNKNOWN: "?"}


@text.register
def _(result: Watched) -> str:
    rows = [
        ("health", _health(result)),
        ("machines", _machines(result)),
        ("release", f"{_release(result)}, image {_digests(result)}"),
        ("queue", _queue(result)),
        ("p95", _p95(result)),
        ("errors", _share(result, "error_rate", f" of {result.samples} requests of our own")),
        ("database", _share(result, "connections", " of its connections taken")),
        ("memory", _share(result, "memory", " of the fullest machine's")),
        ("cost", _cost(result)),
        ("parity", _number(result, "certificate_hours", ".1f", " hours old certificate")),
    ]
    head = f"{result.app} at {result.url or 'nowhere'}, target {result.target}, {result.at}"
    lines = [head, "", *table(rows), "", "Alarms (! raised, ~ about to be, ? not known)"]
    lines += table([_alarm(each) for each in result.alerts])
    lines += [f"Told: {each}." for each in result.told]
    if result.untold:
        lines.append(f"Nobody is told: {result.untold}.")
    return "\n".join(lines)


def line(result: Watched) -> str:
    """One look in one line, for logs."""
    raised = [f"{MARKS[e.state]}{e.name}" for e in result.alerts if e.state is not State.CLEAR]
    parts = [result.at, _health(result), f"p95 {_p95(result)}", f"queue {_queue(result)}"]
    parts += [f"machines {_machines(result)}", " ".join(raised) or "no alarm"]
    return "; ".join(parts)


def _health(result: Watched) -> str:
    if "health" not in result.figures:
        return f"not known: {result.unknown.get('health', 'no request was sent')}"
    return "answers" if result.figures["health"] else "DOES NOT ANSWER as it should"


def _machines(result: Watched) -> str:
    if not result.machines:
        return f"not known: {result.unknown.get('machines_down', 'there is none')}"
    return ", ".join(f"{m.id} {m.state} in {m.region}" for m in result.machines)


def _release(result: Watched) -> str:
    return "no release" if result.release is None else f"number {result.release}"


def _digests(result: Watched) -> str:
    found = sorted({m.digest.removeprefix("sha256:")[:12] for m in result.machines})
    return " and ".join(found) or "not known"


def _queue(result: Watched) -> str:
    if "queue" not in result.figures:
        return result.unknown.get("queue", "not looked at ([watch] queue in staging.toml)")
    growth = result.figures.get("queue_growth")
    more = "" if growth is None else f", {growth:+.0f} a minute"
    return f"{result.figures['queue']:.0f}{more}"


def _p95(result: Watched) -> str:
    if "p95_ms" not in result.figures:
        return f"{result.unknown.get('p95_ms', f'fewer than {ENOUGH} requests')}"
    return f"{result.figures['p95_ms']:.0f} ms"


def _cost(result: Watched) -> str:
    budget = "" if result.budget_usd is None else f", budget {result.budget_usd:g}"
    return _number(result, "monthly_usd", ".2f", f" USD a month{budget}")


def _share(result: Watched, name: str, after: str) -> str:
    if name not in result.figures:
        return result.unknown.get(name, "not known")
    return f"{100 * result.figures[name]:.1f} %{after}"


def _number(result: Watched, name: str, form: str, after: str) -> str:
    if name not in result.figures:
        return result.unknown.get(name, "not known")
    return f"{result.figures[name]:{form}}{after}"


def _alarm(each: Standing) -> tuple[str, ...]:
    value = "not known" if each.value is None else f"{each.value:g}"
    why = f" ({each.why})" if each.why else ""
    lasting = "" if each.state is State.CLEAR else f", {each.state} for {each.seconds:.0f} s"
    told = f"{each.figure} {value}, raised {each.limit}{lasting}{why}"
    return (MARKS[each.state], each.name, told)
