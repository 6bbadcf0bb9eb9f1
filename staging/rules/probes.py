"""What a report says of one question: yes, no, or nothing; and the figure that it rests on. Pure.

Each probe reads one report (as its JSON) for one name. It never guesses: what is not there, or is
of another form, is no answer.
"""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Found = Mapping[str, Any]
Answer = tuple[bool | None, str]
SHOWN = 3  # of what is wrong


def answer(probe: str, report: Found, name: str) -> Answer:
    """What the report says; one that is not of the form that it should be says nothing."""
    try:
        said, figure = PROBES[probe](report, name)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        return None, f"the report cannot be read: {type(error).__name__}"
    return said, figure or "no figure is given"


def verdict(report: Found, _: str) -> Answer:
    """The report's own verdict over all of it."""
    told = _first(report.get("reasons") or ()) or _first(_unwell(report))
    return _judged(report.get("verdict")), told or _size(report) or f"{report.get('verdict')}"


def planned(report: Found, pattern: str) -> Answer:
    """Rows of the plan, by their resource: nothing is left to do about any of them."""
    rows = [row for row in report["rows"] if fnmatchcase(row["resource"], pattern)]
    if not rows:
        return None, f"the plan has no {pattern}"
    left = [f"{r['resource']}: {r['detail']}" for r in rows if r["action"] != "nothing"]
    names = ", ".join(row["resource"].removeprefix("secret ") for row in rows)
    told = f"{len(rows)} as planned: {names}" if len(rows) > 1 else rows[0]["detail"]
    return not left, _first(left) if left else told


def equal(report: Found, resource: str) -> Answer:
    """A resource that parity compared: no value differs but what is declared."""
    if why := report["unread"].get(resource):
        return None, f"not read: {why}"
    found = [each for each in report["resources"] if each["resource"] == resource]
    values = sum(each["values"] for each in found)
    differing = [each for each in report["differences"] if each["resource"] == resource]
    if differing:
        told = (f"{d['path']}: {d['production']} → {d['staging']}" for d in differing)
        return False, _first(told)
    return (True, f"{_count(values, 'value')} equal") if values else (None, "nothing was compared")


def proof(report: Found, what: str) -> Answer:
    """A proof that isolation sought."""
    found = next((each for each in report["proofs"] if each["what"] == what), None)
    if found is None:
        return None, f"nobody sought it: {what}"
    return {"proved": True, "breach": False}.get(found["verdict"]), found["evidence"]


def line(report: Found, name: str) -> Answer:
    """A line of smoke's checklist."""
    found = next(each for each in report["lines"] if each["name"] == name)
    failed = [f"{c['name']}: {c['reason']}" for c in found["checks"] if c["outcome"] == "failed"]
    told = f"{_count(found['passed'], 'check')} passed"
    told += f", {found['failed']} failed: {_first(failed)}" if failed else ""
    allowed = found.get("allowed", 0)
    return _judged(found["verdict"]), told + (f", {allowed} allowed" if allowed else "")


def check(report: Found, pattern: str) -> Answer:
    """Checks of smoke, as `line: name`."""
    found = [
        each
        for one in report["lines"]
        for each in one["checks"]
        if fnmatchcase(f"{one['name']}: {each['name']}", pattern)
    ]
    outcomes = {each["outcome"] for each in found}
    count = f"{_count(len(found), 'check')} {' and '.join(sorted(outcomes))}".strip()
    told = next((each["reason"] for each in found if each["reason"]), count)
    if "failed" in outcomes:
        return False, told
    return True if outcomes == {"passed"} else None, told


def measured(report: Found, _: str) -> Answer:
    """What a load run measured against its objectives, whether or not they are met."""
    figures = [each for each in report["objectives"] if each["measured"] is not None]
    if not figures or report["verdict"] == "invalid":
        return None, _first(report["reasons"]) or "nothing was measured"
    told = "; ".join(each["line"] for each in figures if each["name"].startswith("p"))
    return True, f"{_count(report['requests'], 'request')}: {told}"


def holds(report: Found, path: str) -> Answer:
    """Whether there is anything at a place of the report, such as `explanation.database`."""
    found: Any = report
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    if found is None or found in ({}, [], ""):
        return None, f"the report has no {path.rpartition('.')[2]}"
    return True, _count(len(found), "figure") if isinstance(found, list | Mapping) else str(found)


def priced(report: Found, _: str) -> Answer:
    """A month of staging, known before it is spent and not over what the plan says at most."""
    usd, (low, high) = report["staging_usd"], report["estimate_usd"]
    if usd is None:
        return None, "a price is not known"
    budget = report["budget_usd"]
    limit = high if budget is None else min(high, budget)
    told = f"{usd:.2f} USD a month for staging, by prices of {report['prices_of']}"
    return usd <= limit, f"{told}; planned {low:g} to {high:g}"


def paid(report: Found, _: str) -> Answer:
    """Staging's compute size: what the free plan has not is of a project that is on Pro."""
    sizes = [
        each["resource"].rpartition(" ")[2]
        for each in report["lines"]
        if each["environment"] == "staging" and each["resource"].startswith("Supabase compute ")
    ]
    if not sizes:
        return None, "no compute size is known"
    return sizes[0] != "nano", f"compute size {sizes[0]}"


def pushed(report: Found, name: str) -> Answer:
    """What a push to a branch does by the workflows: `staging: invoke deploy`; `-` is nothing."""
    branch, _, wanted = name.partition(": ")
    found = next(each for each in report["pushes"] if each["branch"] == branch)
    releases = list(found["releases"])
    told = ", ".join(f"`{each}`" for each in releases) or "nothing that deploys or promotes"
    return releases == ([] if wanted == "-" else wanted.split(", ")), f"{branch} runs {told}"


PROBES: Mapping[str, Callable[[Found, str], Answer]] = {
    each.__name__: each
    for each in (
        *(verdict, planned, equal, proof, line, check, measured, holds, priced, paid, pushed),
    )
}


def _judged(word: object) -> bool | None:
    return {"pass": True, "fail": False}.get(str(word))


def _unwell(report: Found) -> Iterator[str]:
    """What a report that is no pass complains of, in the forms that reports have."""
    if report.get("verdict") == "pass":
        return
    for each in report.get("differences") or ():
        yield f"{each['resource']}: {each['path']}"
    for each in report.get("proofs") or ():
        if each["verdict"] != "proved":
            yield f"{each['what']}: {each['evidence']}"
    for each in report.get("lines") or ():
        if each.get("verdict") == "fail":
            yield f"{each['title']}: {_count(each['failed'], 'check')} failed"
    for each in report.get("findings") or ():
        yield str(each)


def _size(report: Found) -> str:
    """How much stands behind a pass."""
    if (pushes := report.get("pushes")) and (steps := report.get("steps")):
        return f"{_count(len(steps), 'step')} run for {_count(len(pushes), 'push')}"
    if files := report.get("files"):
        return f"{_count(len(files), 'file')} without a finding"
    if proofs := report.get("proofs"):
        return f"{_count(len(proofs), 'proof')}"
    if resources := report.get("resources"):
        return f"{_count(sum(each['values'] for each in resources), 'value')} equal"
    if objectives := report.get("objectives"):
        return "; ".join(each["line"] for each in objectives if each["name"] in {"p95", "p99"})
    if lines := report.get("lines"):
        return f"{_count(sum(each['passed'] for each in lines), 'check')} passed"
    return ""


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}{'es' if what.endswith('sh') else 's'}"


def _first(told: Any) -> str:  # noqa: ANN401 - any iterable of words
    """The first few, and how many more there are."""
    lines = [str(each).splitlines()[0] for each in told if str(each)]
    more = f" (and {len(lines) - SHOWN} more)" if len(lines) > SHOWN else ""
    return "; ".join(lines[:SHOWN]) + more
