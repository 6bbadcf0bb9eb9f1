import tomllib
from pathlib import Path
from typing import Any

import pytest

from staging import flyconfig
from staging.flyconfig import Mirror, derive, health_checked, rename, render
from staging.inventory import Guest

SHARED = Guest(cpu_kind="shared", cpus=1, memory_mb=1024)
PERFORMANCE = Guest(cpu_kind="performance", cpus=1, memory_mb=2048)
MIRROR = Mirror(
    app="blue-banded-bee-staging",
    region="syd",
    env={"APP_ENV": "staging", "LOG_LEVEL": "debug"},
    renamed={
        "blue-banded-bee": "blue-banded-bee-staging",
        "bee.example.com": "blue-banded-bee-staging.fly.dev",
        "abcdefghijklmnopqrst": "tsrqponmlkjihgfedcba",
    },
)
PLAN = """
app = "blue-banded-bee-staging"
primary_region = "syd"
[build]
[env]
  APP_ENV = "staging"
  LOG_LEVEL = "debug"
[http_service]
  internal_port = 8080
  force_https = true
  auto_stop_machines = false
  auto_start_machines = true
  min_machines_running = 1
  processes = ["app"]
[[vm]]
  memory = "1gb"
  cpu_kind = "shared"
  cpus = 1
"""
RICH = """
app = "blue-banded-bee"
primary_region = "syd"
kill_signal = "SIGTERM"
kill_timeout = "30s"
[build]
  dockerfile = "Dockerfile"
[env]
  APP_ENV = "production"
  PUBLIC_URL = "https://bee.example.com/app"
  SELF = "http://blue-banded-bee.internal:8080"
  SUPABASE_AUTH_URL = "https://abcdefghijklmnopqrst.supabase.co"
  FRIEND = "blue-banded-bees"
  KEPT = "42"
[deploy]
  strategy = "immediate"
  release_command = "migrate up"
[processes]
  app = "serve"
  worker = "work"
[http_service]
  internal_port = 8080
  processes = ["app"]
  [[http_service.checks]]
    interval = "15s"
    path = "/health"
[[metrics]]
  port = 9464
  path = "/metrics"
[[vm]]
  size = "performance-1x"
  memory = "2gb"
  processes = ["app"]
[[vm]]
  cpus = 2
  processes = ["worker"]
"""


def derived(text: str, **guests: Guest) -> dict[str, Any]:
    return derive(tomllib.loads(text), MIRROR, guests)


def test_the_plans_configuration_comes_out_of_production() -> None:
    production = PLAN.replace("blue-banded-bee-staging", "blue-banded-bee")
    production = production.replace('"staging"', '"production"').replace('"debug"', '"info"')
    assert derived(production, app=SHARED) == tomllib.loads(PLAN)


def test_the_committed_file_is_the_plans() -> None:
    """And production's own sizes, which the application would otherwise choose by APP_ENV."""
    committed, planned = (
        flyconfig.read(Path(__file__).parents[2] / "fly.staging.toml"),
        tomllib.loads(PLAN),
    )
    sizes = {"DB_MAX_OPEN_CONNS": "70", "WORKER_CONCURRENCY": "30"}
    scraped = {"metrics": [{"port": 9464, "path": "/metrics"}]}
    assert committed == planned | {"env": planned["env"] | sizes} | scraped


def test_names_of_production_become_stagings_own_and_the_rest_is_copied() -> None:
    env = derived(RICH, app=PERFORMANCE, worker=SHARED)["env"]
    assert env == {
        "APP_ENV": "staging",
        "LOG_LEVEL": "debug",
        "PUBLIC_URL": "https://blue-banded-bee-staging.fly.dev/app",
        "SELF": "http://blue-banded-bee-staging.internal:8080",
        "SUPABASE_AUTH_URL": "https://tsrqponmlkjihgfedcba.supabase.co",
        "FRIEND": "blue-banded-bees",
        "KEPT": "42",
    }


def test_everything_but_names_and_env_is_productions() -> None:
    production, staging = tomllib.loads(RICH), derived(RICH, app=PERFORMANCE, worker=SHARED)
    same = production.keys() - {"app", "env", "vm"}
    assert {k: staging[k] for k in same} == {k: production[k] for k in same}


def test_a_partial_vm_is_completed_from_the_machines_that_run() -> None:
    app, worker = derived(RICH, app=PERFORMANCE, worker=SHARED)["vm"]
    assert app == {"memory": "2gb", "cpu_kind": "performance", "cpus": 1, "processes": ["app"]}
    assert worker == {"memory": "1gb", "cpu_kind": "shared", "cpus": 1, "processes": ["worker"]}


def test_one_vm_for_groups_of_two_sizes_becomes_one_for_each() -> None:
    text = 'app = "blue-banded-bee"\n[[vm]]\n  kernel_args = "quiet"\n'
    app, worker = derived(text, app=PERFORMANCE, worker=SHARED)["vm"]
    assert (app["memory"], app["processes"], app["kernel_args"]) == ("2gb", ["app"], "quiet")
    assert (worker["memory"], worker["processes"]) == ("1gb", ["worker"])
    assert derived(text, app=SHARED, worker=SHARED)["vm"] == [
        {"kernel_args": "quiet", "memory": "1gb", "cpu_kind": "shared", "cpus": 1}
    ]


def test_a_vm_whose_group_runs_nowhere_says_what_was_written() -> None:
    text = 'app = "blue-banded-bee"\n[[vm]]\n  size = "shared-cpu-2x"\n  processes = ["cron"]\n'
    (cron,) = derived(text, app=SHARED)["vm"]
    assert cron == {"size": "shared-cpu-2x", "processes": ["cron"]}


def test_without_any_vm_the_machines_are_described_whole() -> None:
    assert derived('app = "blue-banded-bee"', app=PERFORMANCE)["vm"] == [
        {"memory": "2gb", "cpu_kind": "performance", "cpus": 1, "processes": ["app"]}
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blue-banded-bee", "blue-banded-bee-staging"),
        ("blue-banded-bee-staging", "blue-banded-bee-staging"),
        ("my-blue-banded-bee", "my-blue-banded-bee"),
        ("", ""),
    ],
)
def test_only_whole_names_are_replaced(text: str, expected: str) -> None:
    assert rename(text, MIRROR.renamed) == expected


def test_what_is_written_is_read_back_the_same() -> None:
    config = derived(RICH, app=PERFORMANCE, worker=SHARED)
    assert tomllib.loads(render(config)) == config


def test_a_configuration_without_checks_is_known_as_such() -> None:
    assert health_checked(tomllib.loads(RICH))
    assert not health_checked(tomllib.loads(PLAN))
