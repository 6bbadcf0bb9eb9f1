"""A team's world: a mirror, a bare repository that stands for GitHub's, and what happens there."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from staging.rules import workflowfile
from staging.rules.workflows import Event, starts
from tests.rehearsed.checkout import ROOT, Checkout
from tests.workflows.actions import effects, git
from tests.workflows.jobs import Run
from tests.workflows.repository import NAME, Repository
from tests.workflows.running import Given, Job, Ran

PRODUCTION, STAGING = "blue-banded-bee", "blue-banded-bee-staging"
IMAGES = "registry.fly.io/blue-banded-bee"
SECRET = (
    *("FLY_API_TOKEN", "SUPABASE_ACCESS_TOKEN", "PRODUCTION_DATABASE_URL"),
    *("PRODUCTION_MIGRATION_URL", "STAGING_SENTRY_DSN"),
)


PREVIEW_PASSWORD = "a-password-of-previews-0123456789"
PARTS = {
    "nox -s tests": {"PYTEST_ADDOPTS": "-k test_secret"},
    "nox -s lint": {"MYPY_CACHE_DIR": str(ROOT / ".mypy_cache")},
}
"""The session is run, but of the tests a part, and types are not looked at all anew."""


@dataclass(frozen=True)
class Took:
    """How long an event took, and the longest chain of jobs of its longest workflow."""

    event: str
    seconds: float
    chain: float


@dataclass
class World:
    """`seat` is where a person works; `remote` is what they push to; `cloud` is the mirror's.

    `broken` is in every step's environment, programs in `before` are found before all others.
    """

    cloud: Checkout
    folder: Path
    seat: Path
    remote: Path
    hub: Repository
    turn: int = 0
    seen: list[Ran] = field(default_factory=list)
    took: list[Took] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    before: Path | None = None

    def commit(self, branch: str, text: str, *, build: Mapping[str, Any]) -> str:
        """Commit something on a branch; what the registry then has of it is built as `build`."""
        known = git("-C", str(self.seat), "branch", "--list", branch)
        git("-C", str(self.seat), "checkout", "--quiet", *([] if known else ["-b"]), branch)
        changes = self.seat / "CHANGELOG.md"
        changes.write_text(f"{changes.read_text()}- {text}\n")
        git("-C", str(self.seat), "commit", "--quiet", "--all", "--message", text)
        commit = self.head()
        self._build(commit, build)
        return commit

    def merge(self, source: str, into: str) -> str:
        """Merge a branch into another, without a commit of its own: the image stays that one."""
        git("-C", str(self.seat), "checkout", "--quiet", into)
        git("-C", str(self.seat), "merge", "--quiet", "--ff-only", source)
        return self.head()

    def head(self) -> str:
        return git("-C", str(self.seat), "rev-parse", "HEAD")

    def head_of(self, branch: str) -> str:
        """The commit that a branch has at the remote."""
        return git("-C", str(self.remote), "rev-parse", branch)

    def push(self, branch: str) -> list[Ran]:
        """Push a branch, and let happen what its workflow files say; every step that was run."""
        git("-C", str(self.seat), "push", "--quiet", str(self.remote), branch)
        sha = git("-C", str(self.remote), "rev-parse", branch)
        return self.happen(Event(name="push", branch=branch), sha)

    def happen(self, event: Event, sha: str, payload: Mapping[str, Any] | None = None) -> list[Ran]:
        """Run every workflow of the commit that the event starts; `payload` is github.event."""
        self.turn, started = self.turn + 1, time.monotonic()
        place = self.folder / f"turn-{self.turn}"
        names = git("-C", str(self.remote), "ls-tree", "--name-only", sha, ".github/workflows/")
        ran: list[Ran] = []
        chain = 0.0
        for name in names.splitlines():
            workflow = workflowfile.read(git("-C", str(self.remote), "show", f"{sha}:{name}"))
            if starts(workflow, event):
                given = self._given(event, sha, payload or {}, place / "artifacts")
                all_of_it = Run(Path(name).stem, workflow, given, place)
                ran += all_of_it.done()
                chain = max(chain, all_of_it.chain)
        self.seen += ran
        told = f"{event.name} {event.action or event.branch or event.cron}".strip()
        self.took.append(Took(told, time.monotonic() - started, chain))
        return ran

    def pull_request(
        self, action: str, sha: str, *, number: int, labels: Sequence[str] = (), fork: bool = False
    ) -> list[Ran]:
        """Something happened to a pull request into staging; of `labeled` the last label did."""
        event = Event(name="pull_request", branch="staging", action=action)
        payload: dict[str, Any] = {
            "action": action,
            "pull_request": {
                "number": number,
                "labels": [{"name": name} for name in labels],
                "head": {"sha": sha, "repo": {"full_name": "stranger/app" if fork else NAME}},
            },
        }
        if action in {"labeled", "unlabeled"}:
            payload["label"] = {"name": "preview"}
        return self.happen(event, sha, payload)

    @property
    def artifacts(self) -> Path:
        """What the last event's jobs have kept."""
        return self.folder / f"turn-{self.turn}" / "artifacts"

    def summary(self) -> str:
        """What the jobs of the last event wrote for their page."""
        found = sorted((self.folder / f"turn-{self.turn}").glob("*/summary.md"))
        return "\n".join(path.read_text() for path in found)

    def says_no_secret(self) -> None:
        """Of all that was given to jobs nothing was printed."""
        for secrets in (*self.secrets().values(), dict.fromkeys(self.hub.tokens, "")):
            for name, secret in secrets.items():
                assert not [r.step for r in self.seen if (secret or name) in r.said], name

    def runs(self, app: str) -> set[str]:
        """The digests that an app's machines run, by its flyctl."""
        words = ("rehearsal.fly", "machine", "list", "--app", app, "--json")
        done = self.cloud.run(*words, env=self.written())
        return {machine["image_ref"]["digest"] for machine in json.loads(done.stdout)}

    def written(self) -> dict[str, str]:
        """What a person of this world would have exported."""
        lines = (self.cloud.root / ".rehearsal" / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def secrets(self) -> dict[str, dict[str, str]]:
        """What was given to GitHub, by environment: nothing to jobs that name none."""
        written = self.written()
        kept = json.loads((self.cloud.root / ".staging" / "credentials.json").read_text())
        password = next(iter(kept.values()))["database_password"]
        fly, supabase = written["FLY_API_TOKEN"], written["SUPABASE_ACCESS_TOKEN"]
        both = {
            "STAGING_DB_PASSWORD": password,
            "PRODUCTION_DATABASE_URL": written["PRODUCTION_DATABASE_URL"],
        }
        staging = {
            "STAGING_FLY_API_TOKEN": fly,
            "READONLY_FLY_API_TOKEN": fly,
            "STAGING_SUPABASE_ACCESS_TOKEN": supabase,
            "STAGING_SENTRY_DSN": written["STAGING_SENTRY_DSN"],
        }
        production = {
            "PROMOTE_FLY_API_TOKEN": fly,
            "PROMOTE_SUPABASE_ACCESS_TOKEN": supabase,
            "PRODUCTION_MIGRATION_URL": written["PRODUCTION_MIGRATION_URL"],
        }
        previews = {
            "PREVIEW_FLY_API_TOKEN": fly,
            "PREVIEW_SUPABASE_ACCESS_TOKEN": supabase,
            "PREVIEW_DB_PASSWORD": PREVIEW_PASSWORD,
            "STAGING_SENTRY_DSN": written["STAGING_SENTRY_DSN"],
            "PRODUCTION_DATABASE_URL": written["PRODUCTION_DATABASE_URL"],
        }
        return {
            **{"staging": {**both, **staging}, "production": {**both, **production}},
            **{"plan": {**both, **staging}, "previews": previews},
        }

    def _given(self, event: Event, sha: str, payload: Mapping[str, Any], artifacts: Path) -> Given:
        """GitHub's own words; and what stands for DNS and for what a runner has installed."""
        told = artifacts.parent / "event.json"
        told.parent.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps(payload))
        stranger = payload.get("pull_request", {}).get("head", {}).get("repo", {})
        secret = not stranger or stranger["full_name"] == NAME
        return Given(
            github={
                **{"sha": sha, "ref_name": event.branch, "event_name": event.name},
                **{"event": payload, "repository": NAME},
            },
            runner={
                **{"GITHUB_SHA": sha, "GITHUB_ACTIONS": "true", "CI": "true", "LANG": "C.UTF-8"},
                **{"GITHUB_API_URL": self.hub.url, "GITHUB_REPOSITORY": NAME},
                **{"GITHUB_EVENT_PATH": str(told), "REHEARSAL_PYTHON": sys.executable},
                **{"PIP_NO_INDEX": "1", "PIP_DRY_RUN": "1"},
            },
            secrets=self.secrets() if secret else {},
            variables={
                "staging": {"STAGING_IMAGE_REPOSITORY": IMAGES},
                "previews": {"STAGING_IMAGE_REPOSITORY": IMAGES},
                "production": {"PROMOTE_APPROVED": PRODUCTION},
            },
            uses=effects(
                remote=self.remote,
                programs=self.cloud.root / "rehearsal" / "bin",
                before=self.before,
            ),
            artifacts=artifacts,
            token=self.hub.token if secret else lambda _: self.hub.token({"contents": "read"}),
            more=self._more,
            ended=thrown_away,
        )

    def _more(self, env: Mapping[str, str], run: str) -> Mapping[str, str]:
        """Where the clouds are, for jobs that drive them; and of what takes long a part."""
        places = {k: v for k, v in self.written().items() if k not in SECRET}
        found = places if env.get("STAGING_TARGET") == "cloud" else {}
        return {**found, **PARTS.get(run.strip(), {}), **self.broken}

    def _build(self, commit: str, build: Mapping[str, Any]) -> None:
        """What the team's own build would push to the registry under the commit's name."""
        told = "".join(f"{name} = {json.dumps(value)}\n" for name, value in build.items())
        with (self.cloud.root / "rehearsal" / "images.toml").open("a") as images:
            images.write(f"\n[{commit}]\n{told}")


def bad(ran: Sequence[Ran]) -> list[str]:
    """What failed, and the end of what it said."""
    return [
        f"{r.workflow}, {r.job}, {r.step}: {r.said[-3000:]}" for r in ran if r.outcome == "failure"
    ]


def thrown_away(job: Job) -> None:
    """What GitHub does with a machine: a rehearsal that was started there ends with it."""
    if (job.place / ".rehearsal").is_dir():
        argv = [sys.executable, "-m", "rehearsal", "down", "--erase"]
        subprocess.run(argv, cwd=job.place, capture_output=True, timeout=60, check=False)
