"""What the application reads from its environment."""

import os
from dataclasses import dataclass

from rehearsal.application.faults import Faults

POOLS = {"production": (70, 30), "staging": (5, 10)}
"""Database connections and workers by APP_ENV, where nothing explicit is said."""

OTHER_POOL = (2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One process's settings. `crawl_sites` says where a domain is found instead of by DNS.

    After `stuck_after` seconds a task is taken to be a killed process's: tests wait for less.
    """

    port: int
    environment: str
    log_level: str
    database_url: str
    auth_url: str
    publishable_key: str
    metrics_port: int | None
    workers: int
    connections: int
    version: str
    faults: Faults
    crawl_sites: dict[str, str]
    stuck_after: float = 120.0


def read() -> Configuration:
    """The configuration of this process."""
    env = os.environ
    environment = env.get("APP_ENV", "development")
    connections, workers = POOLS.get(environment, OTHER_POOL)
    metrics = env.get("METRICS_ADDR", ":9464").rpartition(":")[2]
    sites = (pair.partition("=") for pair in env.get("BEE_CRAWL_SITES", "").split(",") if pair)
    return Configuration(
        port=int(env.get("PORT", "8080")),
        environment=environment,
        log_level=env.get("LOG_LEVEL", "info"),
        database_url=env.get("DATABASE_URL", ""),
        auth_url=env.get("SUPABASE_AUTH_URL", "").rstrip("/"),
        publishable_key=env.get("SUPABASE_PUBLISHABLE_KEY", ""),
        metrics_port=int(metrics) if metrics else None,
        workers=int(env.get("WORKER_CONCURRENCY") or workers),
        connections=int(env.get("DB_MAX_OPEN_CONNS") or connections),
        version=env.get("BEE_VERSION", "0.4.1"),
        faults=Faults(_here(env.get("BEE_FAULTS", ""), environment)),
        crawl_sites={domain: place for domain, _, place in sites},
        stuck_after=float(env.get("BEE_STUCK_SECONDS") or 120.0),
    )


def _here(named: str, environment: str) -> frozenset[str]:
    """The faults that are named, those as `sick@production` only in that environment."""
    pairs = (each.partition("@") for each in named.split(",") if each)
    return frozenset(name for name, _, place in pairs if place in ("", environment))
