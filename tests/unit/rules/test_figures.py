import pytest

from staging.rules.figures import Look, figures


def look(at: float, *requests: float | None, **values: float) -> Look:
    return Look(at=at, requests=requests, values=values, unknown={})


def test_a_p95_takes_enough_requests_and_is_none_of_those_that_failed() -> None:
    few = figures([look(0, *[10.0] * 19)])
    assert "p95_ms" not in few.values
    assert few.unknown["p95_ms"] == "19 of 20 requests that it takes"
    enough = figures([look(0, *[10.0] * 18), look(1, 500.0, None, 600.0)])
    assert enough.values["p95_ms"] == 500.0
    assert enough.values["error_rate"] == pytest.approx(1 / 21)
    assert enough.samples == 21


@pytest.mark.parametrize(("newest", "health"), [(20.0, 1.0), (None, 0.0)])
def test_health_is_that_of_the_newest_request(newest: float | None, health: float) -> None:
    assert figures([look(0, None, 5.0), look(1, 5.0, None, newest)]).values["health"] == health


def test_no_request_is_no_health_and_no_errors() -> None:
    found = figures([look(0)])
    assert not {"health", "error_rate", "p95_ms"} & found.values.keys()


@pytest.mark.parametrize(
    ("depths", "growth"),
    [
        ([(0, 5), (29, 50)], None),
        ([(0, 5), (30, 5)], 0),
        ([(0, 5), (15, 90), (60, 25)], 20),
        ([(0, 60), (60, 0)], -60),
        ([(0, 999), (500, 10), (560, 40)], 30),
    ],
)
def test_a_queue_grows_by_what_the_window_shows(
    depths: list[tuple[float, float]], growth: float | None
) -> None:
    found = figures([look(at, queue=depth) for at, depth in depths])
    assert found.values.get("queue_growth") == growth
    assert ("queue_growth" in found.unknown) is (growth is None)


def test_requests_out_of_the_window_are_forgotten() -> None:
    assert figures([look(0, None, None), look(500, 7.0)]).values["error_rate"] == 0
