"""What exists, as records that carry no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointObjectives:
    """What one endpoint's requests are judged by; what is None is not asked."""

    p50_ms: float | None = None
    p90_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    p99_9_ms: float | None = None
    max_ms: float | None = None
    error_rate: float | None = None
    requests_per_second: float | None = None
    minimum_samples: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectives:
    """What a load run is judged by; `error_rate` is a fraction of the requests.

    What is None is not asked. `queue_ms` is the p95 of what tasks waited, `query_ms` the slowest
    main query's mean, `cpu` and `memory` the machines' highest share in use. `samples` says how
    many each takes at least, by its key, where that is not what is usual.
    """

    p50_ms: float
    p95_ms: float
    p99_ms: float
    error_rate: float
    requests_per_second: float
    minimum_samples: int
    p90_ms: float | None = None
    p99_9_ms: float | None = None
    max_ms: float | None = None
    queue_ms: float | None = None
    query_ms: float | None = None
    cpu: float | None = None
    memory: float | None = None
    samples: Mapping[str, int] = field(default_factory=dict)
    endpoints: Mapping[str, EndpointObjectives] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A difference that is meant, for a reason and a time. `resource`, `path` may hold * and ?."""

    resource: str
    path: str
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A secret that staging shares with production on purpose, for a reason and a time."""

    name: str
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """The size of a Fly machine."""

    cpu_kind: str
    cpus: int
    memory_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A Fly machine. `digest` is of the image that it runs, `image` names that by digest.

    `tagged` names the same image by its tag, which can move. `config` is the machine's own, as
    the Machines API keeps it, whatever a fly.toml says. `instance` is another after each update.
    """

    id: str
    state: str
    region: str
    process_group: str
    digest: str
    image: str
    tagged: str
    guest: Guest
    healthy: bool | None
    config: Mapping[str, Any] = field(compare=False, repr=False)
    instance: str = ""

    @property
    def env(self) -> Mapping[str, str]:
        """The variables that it is started with, secrets apart."""
        found: Mapping[str, str] = self.config.get("env") or {}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a verdict is of: the target, the app, and the image that its machines ran."""

    target: str
    app: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release of a Fly app. `version` counts up from 1; `image` is as it was asked for."""

    id: str
    version: int
    status: str
    image: str
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A Fly app. `url` is where it answers; `status` is Fly's word, not a verdict."""

    name: str
    url: str
    hostname: str
    organisation: str
    status: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """A secret that Fly holds: its digest, and whether the machines have it yet."""

    name: str
    digest: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that Fly was asked for; `ready` once DNS leads there and it was issued."""

    hostname: str
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Supabase project. `host` may carry a port (`host:port`); PostgreSQL's is 5432."""

    ref: str
    name: str
    organisation: str
    region: str
    status: str
    host: str
    engine: str
    created_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A Supabase organisation."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """What Supabase's advisors find; `level` is ERROR, WARN or INFO."""

    name: str
    level: str
    place: str
    detail: str
    remedy: str


AUTH = "Auth configuration"
API = "API configuration"
STORAGE = "storage configuration"
REALTIME = "realtime configuration"
POSTGRES = "PostgreSQL configuration"
COMPUTE = "compute size"
ADDONS = "add-ons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a Supabase project's services are set to, by the groups above; never a secret.

    `secrets` names the secrets that are set, `unreadable` says why a group could not be read.
    """

    groups: Mapping[str, Mapping[str, Any]] = field(repr=False)
    secrets: frozenset[str]
    unreadable: Mapping[str, str]


Catalog = Mapping[tuple[str, str], Mapping[str, str]]
"""What a database consists of: (kind, name) → attribute → what it is."""
