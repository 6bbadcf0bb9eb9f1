"""What a job's tasks amount to: pure arithmetic on their rows."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import mean, quantiles
from typing import Any

from rehearsal.application.database import Row


def statistics(tasks: Sequence[Row]) -> dict[str, Any]:
    """The `stats` of a job."""
    done = [t for t in tasks if t["status"] == "completed"]
    failed = [t for t in tasks if t["status"] == "failed"]
    codes = Counter(str(t["status_code"]) for t in tasks if t["status_code"])
    return {
        "cache_stats": _cache(done),
        "cache_warming_effect": _warming(done),
        "calculated_at": datetime.now(UTC).isoformat(),
        "calculation_version": "4.0",
        "response_times": _times(done),
        "status_code_distribution": dict(codes),
        "task_summary": {
            "completed": len(done),
            "failed": len(failed),
            "processed": len(done) + len(failed),
            "with_errors": sum(bool(t["error"]) for t in tasks),
        },
        "total_404s": codes.get("404", 0),
        "total_broken_links": sum(int(c) >= 400 for c in codes.elements()),
        "total_server_errors": sum(int(c) >= 500 for c in codes.elements()),
    }


def _cache(done: Sequence[Row]) -> dict[str, float]:
    seen = Counter(t["cache_status"] for t in done)
    rate = 100 * seen["HIT"] / len(done) if done else 0
    return {
        "hits": seen["HIT"],
        "misses": seen["MISS"],
        "bypass": seen["BYPASS"],
        "hit_rate": round(rate, 2),
    }


def _warming(done: Sequence[Row]) -> dict[str, float]:
    both = [t for t in done if t["second_response_time"] is not None]
    saved = [t["response_time"] - t["second_response_time"] for t in both]
    better = [ms for ms in saved if ms > 0]
    return {
        "total_validated": len(both),
        "total_improved": len(better),
        "improvement_rate": round(100 * len(better) / len(both), 2) if both else 0,
        "total_time_saved_ms": sum(better),
        "avg_time_saved_per_page_ms": round(mean(saved), 2) if saved else 0,
    }


def _times(done: Sequence[Row]) -> dict[str, float]:
    times = sorted(t["second_response_time"] or t["response_time"] or 0 for t in done)
    if not times:
        return {}
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    named = {"p25_ms": 25, "median_ms": 50, "p75_ms": 75, "p90_ms": 90, "p95_ms": 95, "p99_ms": 99}
    found = {name: round(cuts[at - 1], 2) for name, at in named.items()}
    return {**found, "avg_ms": round(mean(times), 2), "min_ms": times[0], "max_ms": times[-1]}
