"""Write the application's own contracts, for smoke to hold its answers against."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from staging.errors import ConfigurationError, ServiceFailed
from staging.rules import contracts, openapi
from staging.rules.contracts import Drafted
from staging.settings import Settings

LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """What was written, by path from the root; `unused` are contracts that no endpoint has."""

    folder: str
    endpoints: tuple[str, ...]
    contracts: tuple[str, ...]
    unused: tuple[str, ...]


def write(settings: Settings, *, source: str, recording: str, into: str) -> Contracts:
    """From one OpenAPI document or one HAR file; contracts of other names stay as they are."""
    if bool(source) == bool(recording):
        raise ConfigurationError("Name one source: --openapi FILE or --recorded FILE.")
    if not (named := into or settings.smoke_checks):
        problem = "It is not known where to write: staging.toml has no [smoke] checks."
        raise ConfigurationError(problem, remedy="Set it, or use --into FOLDER.")
    document = _read(settings.root / (source or recording))
    found = openapi.drafted(document) if source else contracts.recorded(document)
    if not found.endpoints:
        raise ConfigurationError(f"{source or recording} tells of no endpoint.")
    folder = settings.root / named
    try:
        _written(found, folder)
    except OSError as error:
        problem = f"The contracts cannot be written to {named}."
        raise ServiceFailed(problem, detail=str(error)) from None
    kept = {path.stem for path in (folder / "contracts").glob("*.json")}
    return Contracts(
        folder=named,
        endpoints=tuple(sorted(found.endpoints)),
        contracts=tuple(sorted(found.contracts)),
        unused=tuple(sorted(kept - found.contracts.keys())),
    )


def _read(path: Path) -> dict[str, Any]:
    import yaml  # costs 0.1 s, so not at the top; JSON is YAML, too

    try:
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(f"{path} is over {LARGEST:,} bytes.")
        text = path.read_text("utf-8")
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read.", detail=str(error)) from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{path} is neither JSON nor YAML.", detail=str(error)[:300]
        ) from None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} holds no document.")
    return found


def _written(found: Drafted, folder: Path) -> None:
    place = folder / "contracts"
    place.mkdir(parents=True, exist_ok=True)
    files: dict[Path, object] = {place / f"{n}.json": s for n, s in found.contracts.items()}
    for path, content in {**files, folder / "endpoints.json": found.endpoints}.items():
        part = path.with_name(f".{path.name}.part")
        part.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
        part.replace(path)
