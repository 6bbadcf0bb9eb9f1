"""The command that shows what an app's machines wrote."""

import time
from datetime import UTC, datetime
from typing import Any

from rehearsal.fly.cloud import connect
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say, show
from rehearsal.fly.refusals import graphql

_POLL_EVERY = 0.5


def show_logs(line: Line) -> None:
    """Print the last lines; with nothing to show it polls for ever, --no-tail or not."""
    name, cloud = line.app(), connect(line)
    shown = 0
    machine = line.value("machine", line.value("instance"))
    query = f"?machine={machine}" if machine else ""
    while True:
        with graphql("app", app=name):
            found = cloud.get(f"/apps/{name}/logs{query}")
        for each in found[shown:]:
            _print(each, as_json=line.has("json"))
        shown = len(found)
        if shown and line.has("no-tail"):
            return
        time.sleep(_POLL_EVERY)


def _print(entry: dict[str, Any], *, as_json: bool) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    level, _, rest = entry["message"].partition(" ")
    level, message = (
        (level.lower(), rest)
        if level in {"INFO", "ERROR", "WARN"}
        else (
            "info",
            entry["message"],
        )
    )
    if as_json:
        meta = {"instance": entry["instance"], "region": entry["region"]}
        show({"level": level, **meta, "message": message, "timestamp": at, "meta": {}})
    else:
        say(f"{at} app[{entry['instance']}] {entry['region']} [{level}] {message}")
