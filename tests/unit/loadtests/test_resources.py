from collections.abc import Mapping
from pathlib import Path

import pytest

from loadtests.resources.explanation import Explanation
from loadtests.resources.platform import figures, query
from loadtests.resources.series import Sample, Series, series
from loadtests.resources.statements import Counted, since
from loadtests.resources.timing import queries
from loadtests.resources.where import where
from staging.errors import ConfigurationError


def seen(
    *samples: tuple[float, Mapping[str, float]], source: str = "platform"
) -> dict[str, Series]:
    return {s.name: s for s in series([Sample(source, at, values) for at, values in samples])}


def machine(*, used: float, whole: float, name: str = "m1") -> dict[str, float]:
    return {f"{name}/cpu.used": used, f"{name}/cpu.all": whole}


def test_cpu_is_that_of_the_busiest_machine() -> None:
    first = machine(used=100, whole=1000) | machine(used=0, whole=1000, name="m2")
    second = machine(used=110, whole=1100) | machine(used=90, whole=1100, name="m2")
    assert seen((0, first), (1, second))["machine.cpu"].points == ((1, 90.0),)


def test_what_is_counted_every_15_s_is_no_rest_in_between() -> None:
    told = [(float(at), machine(used=100, whole=1000)) for at in range(15)]
    found = seen(*told, (15.0, machine(used=850, whole=2500)))
    assert found["machine.cpu"].points == ((15.0, 50.0),)


def test_what_has_not_grown_for_longer_than_that_stood_still() -> None:
    told = [(float(at), {"jobs_total": 7.0}) for at in range(50)]
    assert seen(*told)["app.jobs_total"].points == ((20.0, 0.0), (40.0, 0.0))


def test_a_counter_that_began_again_is_no_negative_rate() -> None:
    found = seen((0, {"jobs_total": 90}), (1, {"jobs_total": 3}), (2, {"jobs_total": 8}))
    assert found["app.jobs_total"].points == ((2, 5.0),)


def test_memory_is_that_of_the_fullest_machine() -> None:
    values = {"m1/memory_mem_total": 100, "m1/memory_mem_available": 80}
    values |= {"m2/memory_mem_total": 100, "m2/memory_mem_available": 10}
    assert seen((0, values))["machine.memory"].points == ((0, 90.0),)


def test_the_cache_s_hits_are_those_of_the_interval() -> None:
    looks = [(0.0, {"blocks.hit": 1000.0, "blocks.read": 1000.0})]
    looks += [(1.0, {"blocks.hit": 1090.0, "blocks.read": 1010.0})]
    looks += [(2.0, {"blocks.hit": 1090.0, "blocks.read": 1010.0})]
    assert seen(*looks, source="database")["database.cache"].points == ((1.0, 90.0),)


def test_units_are_read_from_names() -> None:
    values = {"heap_bytes": 1.0, "wait_ms_sum": 2.0, "took_seconds": 3.0, "goroutines": 4.0}
    found = seen((0, values), (1, {**values, "wait_ms_sum": 9.0}))
    assert {name: each.unit for name, each in found.items()} == {
        "app.goroutines": "",
        "app.heap_bytes": "B",
        "app.took_seconds": "s",
        "app.wait_ms_sum": "ms/s",
    }


def test_a_long_run_s_points_are_thinned_out_and_keep_the_peaks() -> None:
    points = tuple((float(at), 99.0 if at == 777 else 1.0) for at in range(5000))
    told = Series(name="n", label="l", unit="", group="machine", points=points).document()["points"]
    assert len(told) <= 600
    assert [777.0, 99.0] in told


def test_a_machine_s_metrics_are_told_apart_and_others_added_up() -> None:
    def sample(name: str, value: str, **labels: str) -> dict[str, object]:
        return {"metric": {"__name__": name, "instance": "m1", **labels}, "value": [1, value]}

    found = figures(
        [
            sample("fly_instance_cpu", "30", mode="user"),
            sample("fly_instance_cpu", "70", mode="idle"),
            sample("fly_instance_net_sent_bytes", "5", device="eth0"),
            sample("fly_instance_net_sent_bytes", "9", device="lo"),
            sample("bee_tasks_total", "2", job_id="a"),
            sample("bee_tasks_total", "3", job_id="b"),
        ]
    )
    assert found == {
        "m1/cpu.used": 30.0,
        "m1/cpu.all": 100.0,
        "m1/net_sent_bytes": 5.0,
        "bee_tasks_total": 5.0,
    }


def test_one_question_names_every_metric() -> None:
    asked = query("bee-staging", ("bee_*", "go_goroutines"))
    assert asked.startswith('{app="bee-staging",__name__=~"fly_instance_(cpu|')
    assert asked.endswith('|bee_.*|go_goroutines"}')


def test_statements_tell_what_they_took_in_between() -> None:
    before = {"1": Counted("select a", 10, 100.0, 10), "2": Counted("select b", 5, 5.0, 5)}
    now = {"1": Counted("select a", 14, 130.0, 18), "2": before["2"]}
    now["3"] = Counted("select c", 1, 10.0, 1)
    first, second = since(before, now)
    assert (first["text"], first["calls"], first["mean_ms"]) == ("select a", 4, 7.5)
    assert (first["share"], second["share"]) == (0.75, 0.25)


def test_counters_that_were_set_back_count_from_nothing() -> None:
    (told,) = since({"1": Counted("s", 50, 900.0, 9)}, {"1": Counted("s", 2, 4.0, 2)})
    assert (told["calls"], told["total_ms"]) == (2, 4.0)


def explained(*, rows: int = 5000, advice: tuple[str, ...] = ()) -> Explanation:
    timed = {"calls": 5, "rows_read": rows, "plan": [], "advice": list(advice)}
    return Explanation(
        queries=(
            {"name": "jobs", "mean_ms": 3.0, **timed},
            {"name": "tasks", "mean_ms": 8.0, **timed},
        )
    )


def test_the_slowest_query_is_what_an_objective_is_about() -> None:
    figure = explained().figures()["query_ms"]
    assert (figure.value, figure.samples) == (8.0, 5)


def test_queries_of_an_empty_database_are_called_so() -> None:
    assert "say little" in explained(rows=3).advice()[-1]
    assert explained(advice=("reads much",)).advice() == ("jobs: reads much", "tasks: reads much")


def test_what_was_not_looked_at_is_not_told_as_nothing_found() -> None:
    told = Explanation(notes=("no token",)).document()
    assert told == {"highest": {}, "resources": None, "database": None, "notes": ["no token"]}


def test_queries_are_those_of_the_file_by_name(tmp_path: Path) -> None:
    path = tmp_path / "queries.sql"
    path.write_text("-- of the application\n\n-- name: a\nselect 1;\n\n-- name: b\nselect\n  2\n")
    assert queries(path) == {"a": "select 1", "b": "select\n  2"}
    path.write_text("-- name: a\n-- name: b\nselect 1")
    with pytest.raises(ConfigurationError, match="nothing follows"):
        queries(path)
    assert queries(tmp_path / "none.sql") == {}


@pytest.mark.parametrize("given", ["rubbish", "[]", "3"])
def test_an_address_that_cannot_be_read_is_told(given: str) -> None:
    with pytest.raises(ConfigurationError, match="STAGING_METRICS"):
        where({"STAGING_METRICS": given})


def test_nothing_is_asked_without_a_token() -> None:
    told = where({"STAGING_METRICS": '{"query": "https://x/api/v1/query", "app": "a"}'})
    assert told.token is None
