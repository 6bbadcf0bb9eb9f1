"""What exists, as records that carry no behaviour."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """What a load run is judged by; `error_rate` is a fraction of the requests."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    error_rate: float
    requests_per_second: float
    minimum_samples: int
