from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from smoke.answer import Answer
from smoke.clocks import ahead, keeps_time

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def told(timestamp: datetime, *, date: datetime | None) -> Answer:
    headers = {"Date": format_datetime(date, usegmt=True)} if date else {}
    body = {"timestamp": timestamp.isoformat()}
    return Answer(where="GET /", status=200, headers=headers, text="", body=body, seconds=0.1)


@pytest.mark.parametrize(
    ("moved", "behind", "kept"),
    [(2, 0, True), (3, 60, True), (0, 0, False), (-1, 0, False), (9, 0, False), (2, 3600, False)],
    ids=["now", "a minute behind", "still", "backwards", "too fast", "an hour behind"],
)
def test_a_clock_that_moves_on_and_agrees_with_its_answers_keeps_time(
    moved: float, behind: float, kept: bool
) -> None:
    old = NOW - timedelta(seconds=behind)
    later = old + timedelta(seconds=moved)
    first, second = told(old, date=NOW), told(later, date=NOW + timedelta(seconds=2))
    assert keeps_time(first, second, apart=2) is kept


def test_an_answer_without_a_date_proves_no_clock() -> None:
    first, second = told(NOW, date=None), told(NOW + timedelta(seconds=2), date=None)
    assert not keeps_time(first, second, apart=2)


def test_what_is_ahead_is_told_in_seconds() -> None:
    found = ahead(told(datetime.now(UTC) + timedelta(hours=1), date=None))
    assert found == pytest.approx(3600, abs=5)
