"""Runs a workflow as GitHub's runner does: jobs as they need each other, steps one by one."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workflows.expressions import filled, holds

SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
JOB = {
    *("name", "runs-on", "timeout-minutes", "permissions", "environment", "concurrency"),
    *("env", "steps", "needs", "if", "outputs", "strategy"),
}
STEP = {
    *("name", "id", "if", "uses", "with", "run", "env", "shell", "working-directory"),
    *("continue-on-error", "timeout-minutes"),
}
"""What is known here of jobs and of steps; anything else is an error, not passed over."""

LONGEST = 20 * 60.0  # seconds of one step, whatever its job may take


@dataclass(frozen=True)
class Ran:
    """One step: `outcome` is success, failure or skipped; `said` what it printed."""

    workflow: str
    job: str
    step: str
    kind: str
    outcome: str
    seconds: float = 0.0
    said: str = field(default="", repr=False)


@dataclass
class Given:
    """What GitHub and a runner give to a job, besides the workflow's own words.

    `secrets` and `variables` are by environment; "" has those that every job gets. `more` is what
    a runner has besides, by the environment of a step and what it runs; `ended` is called when the
    machine of a job is thrown away.
    """

    github: Mapping[str, Any]
    runner: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    variables: Mapping[str, Mapping[str, str]]
    uses: Mapping[str, Callable[["Job", Mapping[str, str]], None]]
    artifacts: Path
    token: Callable[[Mapping[str, str]], str] = lambda _permissions: ""
    more: Callable[[Mapping[str, str], str], Mapping[str, str]] = lambda _env, _run: {}
    ended: Callable[["Job"], None] = lambda _job: None


@dataclass
class Job:
    """One job in a clean place of its own."""

    workflow: str
    name: str
    told: Mapping[str, Any]
    given: Given
    home: Path
    env: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)
    needs: Mapping[str, Any] = field(default_factory=dict)
    matrix: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.given.token(self.told.get("permissions") or {})

    @property
    def place(self) -> Path:
        """The workspace."""
        return self.home / "workspace"

    @property
    def going(self) -> bool:
        """Whether no step has failed yet."""
        return all(each.outcome != "failure" for each in self.ran)

    def context(self) -> dict[str, Any]:
        """What its expressions can name."""
        environment = _environment(self.told)
        both = ("", environment) if environment else ("",)
        return {
            "github": {**self.given.github, "token": self.token},
            "env": self.env,
            "secrets": _merged(self.given.secrets, both),
            "vars": _merged(self.given.variables, both),
            "steps": self.steps,
            "needs": self.needs,
            "matrix": self.matrix,
        }

    def run(self) -> None:
        """Every step, in order."""
        unknown = (self.told.keys() - JOB) | {
            k for s in self.told["steps"] for k in s.keys() - STEP
        }
        if unknown:
            raise ValueError(f"{self.workflow}, {self.name}: not known here: {sorted(unknown)}")
        self.place.mkdir(parents=True)
        self.env |= {k: filled(v, self.context()) for k, v in (self.told.get("env") or {}).items()}
        for step in self.told["steps"]:
            self._step(step)
        for name, text in (self.told.get("outputs") or {}).items():
            self.outputs[name] = filled(text, self.context())

    def _step(self, step: Mapping[str, Any]) -> None:
        kind = "uses" if "uses" in step else "run"
        about = (self.workflow, self.name, named(step), kind)
        if not holds(step.get("if"), self.context(), going=self.going):
            self.ran.append(Ran(*about, "skipped"))
            return
        started = time.monotonic()
        code, said = self._used(step) if kind == "uses" else self._run(step)
        outcome = "success" if code == 0 else "failure"
        forgiven = step.get("continue-on-error") == "true"
        if step.get("id"):
            self.steps[step["id"]]["outcome"] = outcome
        seconds = round(time.monotonic() - started, 2)
        self.ran.append(Ran(*about, "success" if forgiven else outcome, seconds, said))

    def _used(self, step: Mapping[str, Any]) -> tuple[int, str]:
        given = {k: filled(v, self.context()) for k, v in (step.get("with") or {}).items()}
        action = step["uses"].partition("@")[0]
        self.given.uses[action](self, given)  # an action whose effect nobody declared is an error
        return 0, ""

    def _run(self, step: Mapping[str, Any]) -> tuple[int, str]:
        own = {k: filled(v, self.context()) for k, v in (step.get("env") or {}).items()}
        files = {name: self.home / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        script = self.home / "step.sh"
        script.write_text(filled(step["run"], self.context()))
        words = ["bash", "-eo", "pipefail"] if step.get("shell") == "bash" else ["bash", "-e"]
        env = {
            **self.given.runner,
            **self.given.more(self.env | own, step["run"]),
            "PATH": os.pathsep.join([*reversed(self.path), SYSTEM]),
            "HOME": str(self.home),
            "GITHUB_WORKSPACE": str(self.place),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            **{name: str(file) for name, file in files.items()},
            **self.env,
            **own,
        }
        told = step.get("timeout-minutes") or self.told.get("timeout-minutes") or "360"
        limit = min(LONGEST, 60 * float(filled(told, self.context())))
        done = subprocess.run(
            [*words, str(script)],
            cwd=self.place / (step.get("working-directory") or ""),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
        )
        self.env |= _pairs(files["GITHUB_ENV"])
        if step.get("id"):
            self.steps[step["id"]] = {"outputs": _pairs(files["GITHUB_OUTPUT"])}
        return done.returncode, done.stdout


def named(step: Mapping[str, Any]) -> str:
    """A step's name, or what it begins with."""
    return str(
        step.get("name") or (step.get("run") or step["uses"]).splitlines()[0].partition("@")[0]
    )


def _environment(job: Mapping[str, Any]) -> str:
    told = job.get("environment") or ""
    return str(told.get("name", "")) if isinstance(told, Mapping) else str(told)


def _merged(by: Mapping[str, Mapping[str, str]], names: tuple[str, ...]) -> dict[str, str]:
    return {key: text for name in names for key, text in by.get(name, {}).items()}


def _pairs(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines()
    return {name: text for name, _, text in (line.partition("=") for line in lines) if name}
