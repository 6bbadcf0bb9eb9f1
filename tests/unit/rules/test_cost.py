import pytest

from staging.inventory import Guest
from staging.rules.cost import monthly


@pytest.mark.parametrize(
    ("kind", "cpus", "memory", "region", "usd"),
    [
        ("shared", 1, 256, "iad", 2.19),
        ("shared", 1, 512, "iad", 3.69),
        ("shared", 1, 1024, "iad", 6.70),
        ("shared", 2, 2048, "iad", 13.39),
        ("performance", 1, 2048, "iad", 33.0),
        ("performance", 2, 4096, "iad", 66.0),
        ("shared", 1, 1024, "syd", 8.50),
        ("performance", 1, 2048, "syd", 41.88),
    ],
)
def test_machines_cost_what_fly_charges(
    kind: str, cpus: int, memory: int, region: str, usd: float
) -> None:
    guest = Guest(cpu_kind=kind, cpus=cpus, memory_mb=memory)
    assert monthly([guest], region=region, size="micro").machines_usd == usd


def test_the_plans_mirror_costs_machine_and_compute() -> None:
    guest = Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
    assert monthly([guest], region="syd", size="micro").total_usd == 18.50


@pytest.mark.parametrize(("region", "size"), [("waw", "micro"), ("syd", "nano")])
def test_a_price_that_is_missing_is_unknown(region: str, size: str) -> None:
    guest = Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
    assert monthly([guest], region=region, size=size).total_usd is None
