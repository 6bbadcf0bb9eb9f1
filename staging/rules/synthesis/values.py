"""The values that a column can have, in COPY's text form: the nth of them, or any."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from staging.inventory.tables import Column
from staging.rules.checks import Demand
from staging.rules.synthesis import rare, texts
from staging.rules.synthesis.kinds import DAYS, SPAN, Values, listed

INTEGERS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1, "oid": 2**32 - 1}


def of(column: Column, demand: Demand, *, salt: int, now: date, width: int | None) -> Values | None:
    """What a column of this type may hold; None if nobody here knows such a type."""
    if column.labels or demand.choices is not None:
        found: Values | None = listed(
            [c for c in demand.choices or column.labels if not column.labels or c in column.labels]
        )
    else:
        found = _of_type(column, demand, salt=salt, now=now, width=width)
    return _plural(found) if found and column.array else found


def _of_type(
    column: Column, demand: Demand, *, salt: int, now: date, width: int | None
) -> Values | None:
    if column.type in INTEGERS:
        return _integers(demand, INTEGERS[column.type])
    if column.type in ("numeric", "real", "double precision", "money"):
        return _decimals(demand, column)
    if column.type in ("timestamp with time zone", "timestamp without time zone"):
        return _moments(demand, now)
    if column.type in ("text", "character varying", "character", "citext", "name"):
        return texts.texts(column, demand, width=width)
    if column.type == "date":
        return _dates(demand, now)
    return rare.of_type(column.type, salt=salt, now=now)


def _integers(demand: Demand, greatest: int) -> Values:
    low = 1 if demand.low is None else int(demand.low) + demand.above
    high = greatest if demand.high is None else int(demand.high) - demand.below
    if demand.low is None and high < low:
        low = high - 1000
    span = max(1, min(high, greatest) - low + 1)

    def some(rng: Random, count: int) -> list[str]:
        if span <= 1000:
            return [str(low + int(rng.random() * span)) for _ in range(count)]
        return [str(low + int(rng.lognormvariate(5, 1.2)) % span) for _ in range(count)]

    return Values(lambda numbers: [str(low + n) for n in numbers], some, span)


def _decimals(demand: Demand, column: Column) -> Values:
    scale = column.scale if column.type == "numeric" and column.size else 2
    unit = 10**scale
    low = round((demand.low or 0) * unit) + demand.above
    most = 10 ** min(column.size or 9, 15) - 1
    high = most if demand.high is None else round(demand.high * unit) - demand.below
    low = min(low, high) if demand.low is not None else (low if high >= low else high - 1000)
    span = max(1, min(high, most) - low + 1)

    def nth(numbers: Iterable[int]) -> list[str]:
        return [f"{(low + n) / unit:.{scale}f}" for n in numbers]

    def some(rng: Random, count: int) -> list[str]:
        centre = 3.0 + scale * 2.3
        return nth(int(rng.lognormvariate(centre, 1.2)) % span for _ in range(count))

    return Values(nth, some, span)


def _days(demand: Demand, now: date) -> tuple[date, int]:
    """The newest day that is allowed, and how many there are."""
    until = _day(demand.until) or now
    since = _day(demand.since)
    if since is None:
        return (until - timedelta(1) if demand.until else until), DAYS
    if since >= until:
        until = since + timedelta(SPAN)
    return until - timedelta(1), max(1, (until - since).days - 1)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _moments(demand: Demand, now: date) -> Values:
    newest, days = _days(demand, now)
    top = datetime(newest.year, newest.month, newest.day, tzinfo=UTC) + timedelta(hours=23)
    span, step = days * 86_400, 1 if days < DAYS else 61

    def told(seconds: Iterable[float]) -> list[str]:
        return [f"{top - timedelta(seconds=s):%Y-%m-%d %H:%M:%S}+00" for s in seconds]

    def some(rng: Random, count: int) -> list[str]:
        reach = min(SPAN * 86_400, span) - 1
        return told(rng.random() * reach for _ in range(count))

    return Values(lambda numbers: told(n * step for n in numbers), some, span // step)


def _dates(demand: Demand, now: date) -> Values:
    newest, days = _days(demand, now)

    def nth(numbers: Iterable[int]) -> list[str]:
        return [(newest - timedelta(n)).isoformat() for n in numbers]

    return Values(nth, lambda r, k: nth(int(r.random() * min(days, SPAN)) for _ in range(k)), days)


def _plural(inner: Values) -> Values:
    """Arrays of up to three of them."""

    def told(items: list[str]) -> str:
        quoted = [f'"{each.replace(chr(34), chr(92) * 2 + chr(34))}"' for each in items]
        return "{" + ",".join(quoted) + "}"

    def some(rng: Random, count: int) -> list[str]:
        pool = inner.some(rng, 50)
        return [told(rng.sample(pool, rng.randint(0, 3))) for _ in range(count)]

    return Values(lambda numbers: [told([each]) for each in inner.nth(numbers)], some, inner.size)
