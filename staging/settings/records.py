"""What staging.toml says, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from staging.inventory import Allowed, Objectives, Shared
from staging.settings.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The world that is driven: two programs, and the file that holds their environment.

    `notify` says who may be told of its alarms: loopback (this computer) or anywhere.
    """

    name: str
    flyctl: str
    supabase: str
    environment: Path
    notify: str = "loopback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Production:
    """What is mirrored. `project` is a Supabase project's name or ref."""

    app: str
    project: str
    domains: tuple[str, ...]
    config: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The mirror. `url` is where it answers, if that is not Fly's hostname."""

    app: str
    project: str
    region: str
    database_region: str
    size: str
    health: str
    url: str | None
    organisation: str | None
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """Where one secret of the application comes from: one of `value` to `generated` is set.

    `production` says that production is meant to hold the same value under the same name, which
    only its digest can tell: nobody can read a secret back from Fly.
    """

    name: str
    value: str | None
    environment: str | None
    known: str | None
    optional: bool
    file: str | None = None
    command: tuple[str, ...] = ()
    generated: bool = False
    production: bool = False
    needed_by: str = ""

    @property
    def origin(self) -> str:
        """Its source in a few words, never its value."""
        named = {
            "staging.toml": self.value is not None,
            f"from {self.known}": self.known,
            f"environment {self.environment}": self.environment,
            f"file {self.file}": self.file,
            f"command {' '.join(self.command[:1])}": self.command,
            "generated": self.generated,
        }
        return next(text for text, is_it in named.items() if is_it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """What is allowed to differ, and what the running application should tell of itself.

    `running` gives the metrics by name and the value that each machine must show.
    """

    valid_hours: float
    allowed: tuple[Allowed, ...]
    running: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Previews:
    """What holds for environments beside staging; `monthly_usd` is the budget of each.

    `orphans` are patterns of names: what bears no label, because it was never deployed, is ended
    by `prune` only if it is of such a name or was made from here.
    """

    ttl_hours: float = 72.0
    monthly_usd: float | None = None
    maximum: int = 5
    orphans: tuple[str, ...] = ("pr-*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promote:
    """What production asks of staging: which evidence, and how old it may be."""

    requires: tuple[str, ...] = ("smoke", "load", "parity", "isolation", "migrations")
    fresh_hours: float = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drills:
    """Images that are broken on purpose, by what is wrong with each; and one that is deaf."""

    images: Mapping[str, str] = field(default_factory=dict)
    ignores_sigterm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The most that a load test may do, and of what it consists.

    `hosts` may be put under load beside staging, its previews and this computer. `weights` are of
    endpoints, in place of a profile's. `machines` share the load, for limits of one. `domains` are
    sites that workers may be given, beside the one that smoke crawls. `metrics` of the application
    are looked at meanwhile (* is anything), `queries` is a file of those that are timed after.
    `forwarded`: the application believes X-Forwarded-For, so that each user can have an address.
    `profile` is the one that runs if none is named.
    """

    rate: float = 200.0
    users: int = 500
    seconds: float = 600.0
    hosts: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    machines: int = 1
    metrics: tuple[str, ...] = ()
    queries: str = "loadtests/queries.sql"
    forwarded: bool = True
    profile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What made-up rows need beside the schema, and whether production's may be copied masked.

    `recompute` gives, by schema.table.trigger, the statement that does what the trigger would
    have done. `copy` is the consent to read production's rows at all, `masking` the rule of each
    column by schema.table.column.
    """

    recompute: Mapping[str, str] = field(default_factory=dict)
    copy: bool = False
    masking: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that a person sets. `root` is the folder that holds staging.toml.

    `smoke_allowed` are failures of checks that are known: check, reason, owner, expires.
    """

    root: Path
    home: str
    target: Target
    production: Production
    staging: Environment
    secrets: tuple[SecretSource, ...]
    reference: tuple[str, ...]
    parity: Parity
    budget_usd: float | None
    objectives: Objectives
    smoke_email: str
    crawl_domain: str | None
    smoke_service: str | None
    smoke_only: tuple[str, ...]
    smoke_allowed: tuple[Mapping[str, str], ...] = ()
    advice_accepted: tuple[Allowed, ...] = ()
    smoke_checks: str = ""  # a folder of the application's own, from the root
    lock_seconds: float = 60.0
    shared: tuple[Shared, ...] = ()
    previews: Previews = field(default_factory=Previews)
    environment: str = ""  # a preview's name; staging itself has none
    migrations: str = "supabase/migrations"  # from the root, or from a source that is deployed
    promote: Promote = field(default_factory=Promote)
    drills: Drills = field(default_factory=Drills)
    load: Load = field(default_factory=Load)
    data: Data = field(default_factory=Data)
    watch: Watch = field(default_factory=Watch)

    @property
    def kept(self) -> Path:
        """The folder for what nobody can read back: STAGING_HOME, or in the checkout."""
        return self.root / (self.home or ".staging")

    @property
    def app_config(self) -> Path:
        """The fly.toml that is deployed: staging's in git, a preview's with what is kept."""
        if self.environment:
            return self.kept / f"fly.{self.environment}.toml"
        return self.root / "fly.staging.toml"
