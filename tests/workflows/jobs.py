"""The jobs of a workflow: each after those that it needs, side by side, a matrix unfolded."""

import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from tests.workflows.expressions import filled, holds
from tests.workflows.running import Given, Job, Ran

AT_ONCE = 4


def run(name: str, workflow: Mapping[str, Any], given: Given, folder: Path) -> list[Ran]:
    """Every job of a workflow, each after those that it needs; what all of its steps came to."""
    return Run(name, workflow, given, folder).done()


@dataclass
class Run:
    """One run of a workflow. `ends` is when each job ended if it never waited for a processor."""

    name: str
    workflow: Mapping[str, Any]
    given: Given
    folder: Path
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)
    ends: dict[str, float] = field(default_factory=dict)

    @property
    def chain(self) -> float:
        """Seconds of the longest chain of jobs, by their steps alone."""
        return max(self.ends.values(), default=0.0)

    def done(self) -> list[Ran]:
        """Every step of every job."""
        waiting = dict(self.workflow["jobs"])
        under_way: dict[Future[dict[str, Any]], str] = {}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while waiting or under_way:
                ready = [n for n, job in waiting.items() if set(needed(job)) <= self.results.keys()]
                for each in ready:
                    under_way[pool.submit(self.job, each, waiting.pop(each))] = each
                if not under_way:
                    raise ValueError(f"{self.name}: jobs need one another: {', '.join(waiting)}")
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self.results[under_way.pop(future)] = future.result()
        return self.ran

    def job(self, name: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """One job, once for each set of its matrix; GitHub shows one result of all."""
        needs = {need: self.results[need] for need in needed(told)}
        going = all(need["result"] == "success" for need in needs.values())
        outcomes: list[str] = []
        outputs: dict[str, str] = {}
        for number, matrix in enumerate(unfolded(told)):
            home = self.folder / f"{self.name}-{name}{f'-{number}' if matrix else ''}"
            job = Job(self.name, name, told, self.given, home, needs=needs, matrix=matrix)
            job.env |= _filled(self.workflow.get("env"), job)
            if not holds(told.get("if"), job.context(), going=going):
                return {"result": "skipped", "outputs": {}}
            home.mkdir(parents=True)
            try:
                job.run()
            finally:
                self.given.ended(job)
                shutil.rmtree(job.place, ignore_errors=True)
            self.ran += job.ran
            self.ends[name] = self._end(name, needs, job)
            outcomes.append("success" if job.going else "failure")
            outputs |= job.outputs
        return {"result": "failure" if "failure" in outcomes else "success", "outputs": outputs}

    def _end(self, name: str, needs: Mapping[str, Any], job: Job) -> float:
        """After the last that it needs; those of a matrix are run here one after the other."""
        before = max((self.ends.get(need, 0.0) for need in needs), default=0.0)
        return self.ends.get(name, before) + sum(step.seconds for step in job.ran)


def needed(job: Mapping[str, Any]) -> list[str]:
    """The jobs that must have ended before it."""
    told = job.get("needs") or []
    return [told] if isinstance(told, str) else told


def unfolded(job: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Each set of values that its matrix makes; one empty set without a matrix."""
    strategy = job.get("strategy") or {}
    matrix = strategy.get("matrix") or {}
    unknown = strategy.keys() - {"matrix", "fail-fast"} | {"exclude"} & matrix.keys()
    if unknown:
        raise ValueError(f"not known here: strategy {sorted(unknown)}")
    named = {key: values for key, values in matrix.items() if key != "include"}
    if named and "include" in matrix:
        raise ValueError("not known here: a matrix with both values and include")
    yield from matrix.get("include") or (
        dict(zip(named, each, strict=True)) for each in product(*named.values())
    )


def _filled(env: Mapping[str, str] | None, job: Job) -> dict[str, str]:
    return {key: filled(text, job.context()) for key, text in (env or {}).items()}
