"""Durations as Go reads and writes them, which is what fly.toml and machine configurations hold."""

import re

SECOND = 1_000_000_000
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)")


def nanoseconds(value: object) -> int:
    """Read `1m30s` and, as flyctl does, a bare number as nanoseconds; ValueError otherwise."""
    if isinstance(value, int | float):
        return int(value)
    text = str(value).strip()
    if text.isdigit():
        return int(text)
    found = _PART.findall(text)
    if not found or "".join(number + unit for number, unit in found) != text:
        raise ValueError(f'time: invalid duration "{text}"')
    return round(sum(float(number) * _UNITS[unit] for number, unit in found))


def seconds(value: object) -> float:
    """Read a duration as seconds."""
    return nanoseconds(value) / SECOND


def written(value: object) -> str:
    """Write a duration as Go prints it: `15s`, `2m0s`, `120ns`."""
    total = nanoseconds(value)
    if total < SECOND:
        for unit, size in (("ms", 1_000_000), ("µs", 1_000)):
            if total >= size:
                return f"{_trimmed(total / size)}{unit}"
        return f"{total}ns" if total else "0s"
    minutes, rest = divmod(total, 60 * SECOND)
    hours, minutes = divmod(minutes, 60)
    text = f"{_trimmed(rest / SECOND)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def _trimmed(number: float) -> str:
    return f"{number:.9f}".rstrip("0").rstrip(".")
