"""Which charts a load document gives."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from loadtests.report.axes import Axis, linear, logarithmic
from loadtests.report.charts import Chart, Line

SMALL = 190.0
"""The height of a chart of one figure."""

Found = Mapping[str, Any]


def latency(found: Found) -> Chart | None:
    """Percentiles of the requests that were due in each second."""
    keys = {"p50": "p50_ms", "p95": "p95_ms", "p99": "p99_ms", "slowest": "max_ms"}
    lines = [Line(name, _of(found["timeline"], key)) for name, key in keys.items()]
    values = [value for line in lines for value in line.values]
    if not values:
        return None
    return Chart(
        title="Latency over time",
        told=f"Milliseconds by second. The slowest request took {max(values):.0f} ms.",
        lines=lines,
        x=_time(found),
        y=logarithmic(values, unit="ms"),
    )


def percentiles(found: Found) -> Chart | None:
    """All latencies of the run, slow ones drawn wide."""
    points = [(each["fraction"], each["ms"]) for each in found["due"]]
    if len(points) < 2:
        return None
    drawn = [point for point in points if point[0] < 1]
    half, most = (_nearest(points, fraction) for fraction in (0.5, 0.99))
    return Chart(
        title="Latency by percentile",
        told=f"Half took {half:.1f} ms at most, 99 % {most:.1f} ms.",
        lines=[Line("latency", drawn)],
        x=Axis(low=0.0, high=max(0.99, drawn[-1][0]), kind="nines", unit="of the requests"),
        y=logarithmic([ms for _, ms in drawn], unit="ms"),
    )


def rates(found: Found) -> Chart | None:
    """Requests a second: planned, sent, failed."""
    seconds = found["timeline"]
    if not seconds:
        return None
    keys = {"planned": "planned", "sent": "sent", "failed": "errors"}
    lines = [Line(name, _of(seconds, key)) for name, key in keys.items()]
    sent, wrong = sum(s["sent"] for s in seconds), sum(s["errors"] for s in seconds)
    return Chart(
        title="Requests a second",
        told=f"{sent} requests were sent, of which {wrong} failed.",
        lines=lines,
        x=_time(found),
        y=linear([v for line in lines for v in line.values], unit="requests/s"),
    )


def resources(found: Found) -> list[tuple[str, list[Chart]]]:
    """What was behind the requests, by group, on the same axis of time."""
    series = (found.get("explanation") or {}).get("resources") or ()
    order = ("machine", "application", "database")
    known = sorted(series, key=lambda each: order.index(each["group"]))
    return [
        (group, [_small(found, each) for each in members])
        for group, members in groupby(known, key=lambda each: str(each["group"]))
    ]


def _small(found: Found, series: Found) -> Chart:
    points = [(float(at), float(value)) for at, value in series["points"]]
    values = [value for _, value in points]
    share = series["unit"] == "%"
    y = Axis(low=0, high=100, unit="%") if share else linear(values, unit=series["unit"])
    unit = f" {series['unit']}" if series["unit"] else ""
    return Chart(
        title=series["label"],
        told=f"From {min(values):.4g} to {max(values):.4g}{unit}.",
        lines=[Line(series["label"], points)],
        x=_time(found),
        y=y,
        height=SMALL,
    )


def _of(seconds: Sequence[Found], key: str) -> list[tuple[float, float | None]]:
    return [(float(each["second"]), each[key]) for each in seconds]


def _time(found: Found) -> Axis:
    last = max([found["seconds"], *(s["second"] for s in found["timeline"][-1:])])
    return Axis(low=0.0, high=max(1.0, last), unit="seconds from the start")


def _nearest(points: Sequence[tuple[float, float]], fraction: float) -> float:
    return min(points, key=lambda point: abs(point[0] - fraction))[1]


def charts(found: Found) -> Iterator[Chart]:
    """Those of the requests."""
    yield from (each for each in (latency(found), percentiles(found), rates(found)) if each)
