"""Results as JSON for a machine."""

import json
from dataclasses import asdict, is_dataclass
from typing import Any, cast

from staging.operations.status import Status


def document(result: object) -> str:
    """One JSON document that says all that the result says."""
    return json.dumps(_plain(result), indent=2)


def _plain(result: object) -> dict[str, Any]:
    if not is_dataclass(result):
        return {"result": str(result)}
    found = asdict(cast("Any", result))
    if isinstance(result, Status):
        for machine in found["machines"]:
            del machine["config"]
        host, port = found.pop("database_host"), found.pop("database_port")
        found["database"] = {"host": host, "port": port, "state": found["database"]}
        found["app"] = {"name": result.app, "url": found.pop("url"), "health": found.pop("health")}
    return found
