"""The application's own endpoints and contracts, beside those that smoke knows.

`[smoke] checks` names a folder: pytest files (`test_*.py`), `endpoints.json`, and `contracts/`.
`invoke contracts` writes the last two.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoke.answer import Answer
from smoke.contract import violations
from smoke.evidence import Evidence
from staging.errors import ConfigurationError

NAME = "SMOKE_CHECKS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What one endpoint answers: statuses with the contract of each ("" is no JSON)."""

    answers: Mapping[int, str]
    guarded: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def successes(self) -> tuple[int, ...]:
        """The statuses that are no refusal."""
        return tuple(sorted(status for status in self.answers if status < 400))


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """All of them; without a folder there are none."""

    folder: Path | None = None
    endpoints: Mapping[str, Promise] = field(default_factory=dict)

    def broken(self, request: str, answer: Answer, *, strict: bool) -> Iterator[Evidence]:
        """Where an answer is not as its endpoint promises."""
        promise = self.endpoints[request]
        contract = promise.answers.get(answer.status)
        if contract is None:
            wanted = " or ".join(map(str, sorted(promise.answers)))
            yield Evidence(answer.where, expected=f"status {wanted}", got=answer.summary())
        elif contract and self.folder and answer.where.partition(" ")[0] != "HEAD":
            place = self.folder / "contracts"
            for each in violations(contract, answer.body, strict=strict, folder=place):
                where = f"{answer.where} at {each.place}"
                yield Evidence(where, expected=each.expected, got=each.got)


def read(variables: Mapping[str, str]) -> Own:
    """What the folder of SMOKE_CHECKS says; ConfigurationError if it does not fit together."""
    if not (named := variables.get(NAME)):
        return Own()
    folder = Path(named)
    if not folder.is_dir():
        problem = f"{NAME}: there is no folder {folder}."
        raise ConfigurationError(problem, remedy="Correct [smoke] checks in staging.toml.")
    file = folder / "endpoints.json"
    try:
        document: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        endpoints = {request: _promise(entry) for request, entry in document.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{file} cannot be read: {error!r}."
        raise ConfigurationError(problem, remedy="`invoke contracts` writes it.") from None
    for path in sorted((folder / "contracts").glob("*.json")):
        _check(path)
    for request, promise in endpoints.items():
        for name in filter(None, promise.answers.values()):
            if not (folder / "contracts" / f"{name}.json").is_file():
                raise ConfigurationError(f"{file}: {request}: there is no contract {name}.")
    return Own(folder=folder.resolve(), endpoints=endpoints)


def _check(path: Path) -> None:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, SchemaError) as error:
        said = getattr(error, "message", error)
        raise ConfigurationError(f"{path} is no JSON Schema: {said}.") from None


def _promise(entry: Mapping[str, Any]) -> Promise:
    return Promise(
        answers={int(status): str(name) for status, name in entry["answers"].items()},
        guarded=bool(entry.get("guarded", False)),
        query={str(k): str(v) for k, v in entry.get("query", {}).items()},
    )
