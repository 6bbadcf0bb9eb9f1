"""Values of types that checks rarely limit: identifiers, documents, networks, ranges."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from staging.rules.synthesis import words
from staging.rules.synthesis.kinds import DAYS, SPREAD, Values, escaped, listed


def of_type(kind: str, *, salt: int, now: date) -> Values | None:
    """What is known of a type; None if nothing."""
    day = datetime(now.year, now.month, now.day, tzinfo=UTC)
    form: dict[str, Callable[[int], str]] = {
        "bytea": lambda n: f"\\\\x{n * SPREAD:016x}",
        "inet": lambda n: f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        "cidr": lambda n: f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32",
        "macaddr": lambda n: ":".join(f"{n:012x}"[at : at + 2] for at in range(0, 12, 2)),
        "interval": lambda n: f"{n} seconds",
        "time without time zone": lambda n: f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}",
        "time with time zone": lambda n: f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}+00",
        "json": lambda n: _json(n),
        "jsonb": lambda n: _json(n),
        "xml": lambda n: f"<row>{n}</row>",
        "tsvector": lambda n: f"'{words.WORDS[n % len(words.WORDS)]}':1 'w{n:x}':2",
        "point": lambda n: f"({n % 360 - 180},{n // 360 % 180 - 90})",
        "int4range": lambda n: f"[{2 * n},{2 * n + 1})",
        "int8range": lambda n: f"[{2 * n},{2 * n + 1})",
        "numrange": lambda n: f"[{2 * n},{2 * n + 1})",
        "daterange": lambda n: f"[{now - timedelta(2 * n + 1)},{now - timedelta(2 * n)})",
        "tsrange": lambda n: _hours(day, n),
        "tstzrange": lambda n: _hours(day, n),
        "bit": lambda n: str(n % 2),
    }
    sizes = {"inet": 2**24, "cidr": 2**24, "point": 64_800, "daterange": DAYS // 2, "bit": 2}
    sizes |= {"time without time zone": 86_400, "time with time zone": 86_400}
    sizes |= {"tsrange": 400_000, "tstzrange": 400_000, "int4range": 2**30}
    if kind == "boolean":
        return listed(("t", "f"))
    if kind == "uuid":
        return _uuids(salt)
    if (made := form.get(kind)) is None:
        return None
    size = sizes.get(kind)
    reach = min(size or 10_000, 10_000)
    return Values(
        lambda numbers: [made(n) for n in numbers],
        lambda rng, count: [made(int(rng.random() * reach)) for _ in range(count)],
        size,
    )


def _uuids(salt: int) -> Values:
    """As unordered as random ones, so that their indexes are as deep and as scattered."""
    tail = f"4{salt & 0xFFF:03x}a{salt >> 12 & 0xFFFFFFFFFFFFFFF:015x}"
    form, odd, mask = f"%012x{tail}", 0x9E3779B97F4B, 2**48 - 1

    def nth(numbers: Iterable[int]) -> list[str]:
        return [form % (n * odd & mask) for n in numbers]

    return Values(nth, lambda r, k: nth(r.getrandbits(47) for _ in range(k)))


def _json(number: int) -> str:
    name = words.WORDS[number % len(words.WORDS)]
    return escaped(json.dumps({"name": name, "count": number, "tags": [name[:3], name[-3:]]}))


def _hours(day: datetime, number: int) -> str:
    ends = day - timedelta(hours=2 * number)
    return f'["{ends - timedelta(hours=1):%Y-%m-%d %H:%M:%S}","{ends:%Y-%m-%d %H:%M:%S}")'
