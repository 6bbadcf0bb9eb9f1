from typing import Any

import pytest

from staging.errors import ConfigurationError
from staging.rules.flyloss import refuse_losses

REGIONS = {"syd", "iad"}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"kill_timeout": 120}, "kill_timeout = 120 is no duration"),
        ({"kill_timeout": "120"}, "kill_timeout = 120 is no duration"),
        ({"deploy": {"wait_timeout": 300.0}}, "deploy.wait_timeout = 300.0"),
        ({"http_service": {"checks": [{"interval": 15}]}}, "http_service.checks.interval = 15"),
        ({"checks": {"alive": {"grace_period": "30ns"}}}, "checks.alive.grace_period = 30ns"),
        ({"primary_region": "sid"}, "no region 'sid'"),
        ({"primary_region": ""}, "no region ''"),
    ],
)
def test_what_flyctl_would_lose_is_refused(config: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse_losses({"primary_region": "syd", **config}, regions=REGIONS)
    assert told in caught.value.problem
    assert caught.value.remedy


@pytest.mark.parametrize(
    "config",
    [
        {"kill_timeout": "120s", "deploy": {"wait_timeout": "5m"}},
        {"env": {"timeout": "30", "interval": "5"}},
        {"http_service": {"internal_port": 8080, "checks": [{"interval": "15s"}]}},
    ],
)
def test_what_flyctl_reads_as_it_is_meant_passes(config: dict[str, Any]) -> None:
    refuse_losses({"primary_region": "syd", **config}, regions=REGIONS)
    refuse_losses({"primary_region": "anything", **config}, regions=None)
