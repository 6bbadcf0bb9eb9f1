"""Whose clock is wrong: the environment's answers are judged by a machine that may be wrong too."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from smoke.answer import Answer
from smoke.contract import moment

FRESH = 120.0


def ahead(answer: Answer) -> float | None:
    """Seconds from this machine's now to the answer's timestamp; None if it is none."""
    told = moment(answer.at("timestamp"))
    return (told - datetime.now(UTC)).total_seconds() if told else None


def keeps_time(first: Answer, second: Answer, *, apart: float) -> bool:
    """Whether two timestamps are as fresh as their own answers say, and moved on as time did."""
    one, two = moment(first.at("timestamp")), moment(second.at("timestamp"))
    if one is None or two is None:
        return False
    moved = (two - one).total_seconds()
    return 0 < moved <= apart + 2 and _agrees(first, one) and _agrees(second, two)


def _agrees(answer: Answer, told: datetime) -> bool:
    try:
        sent = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError, TypeError):
        return False
    return abs((told - sent.replace(tzinfo=sent.tzinfo or UTC)).total_seconds()) <= FRESH
