"""The rehearsal's own commands: `python -m rehearsal up | down [--erase] | status [--json]`."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rehearsal import standin

UP, FAILED, DOWN = 0, 1, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; status of a stopped world is 3."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start the world, or find it running")
    stop = commands.add_parser("down", help="stop the world and all that it started")
    stop.add_argument("--erase", action="store_true", help="delete its folder as well")
    show = commands.add_parser("status", help="show what runs; exit 3 when nothing does")
    show.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
    given = parser.parse_args(argv)
    try:
        if given.command == "up":
            return _up()
        if given.command == "down":
            return _down(erase=given.erase)
        return _status(as_json=given.as_json)
    except standin.RehearsalError as error:
        print(f"Error: {error}", file=sys.stderr)
        return FAILED


def _up() -> int:
    world = standin.connect()
    print(f"The rehearsal is up: {world.url} (process {world.pid}, folder {world.home})")
    return UP


def _down(*, erase: bool) -> int:
    stopped = standin.down()
    print("The rehearsal is down." if stopped else "The rehearsal was not running.")
    if erase:
        _erase(standin.home())
    return UP


def _erase(folder: Path) -> None:
    if not folder.exists():
        return
    # A folder named by mistake in REHEARSAL_HOME must survive.
    known = {"world.json", "environment", "state", "postgres", "logs", "lock", "calls.jsonl"}
    if not any((folder / name).exists() for name in known):
        raise standin.RehearsalError(f"{folder} holds no rehearsal; it was not deleted")
    if outside := _outside(folder / "state" / "supabase.json"):
        shutil.rmtree(outside, ignore_errors=True)
    shutil.rmtree(folder)
    print(f"Deleted {folder}.")


def _outside(state: Path) -> str:
    """Where a killed world left its databases, when its own folder could not hold them."""
    try:
        place = str(json.loads(state.read_text("utf-8"))["place"])
    except (OSError, ValueError, KeyError):
        return ""
    return place if Path(place).name.startswith("rehearsal-") else ""


def _status(*, as_json: bool) -> int:
    world = standin.running()
    if world is None:
        print("null" if as_json else "The rehearsal is down.")
        return DOWN
    _, found = world.call("GET", "/rehearsal/status", timeout=standin.ANSWERS_WITHIN)
    print(json.dumps(found, indent=2) if as_json else _text(world, found))
    return UP


def _text(world: standin.World, found: dict[str, Any]) -> str:
    lines = [f"The rehearsal is up: {world.url} (process {world.pid}, folder {world.home})"]
    for app in found.get("apps", []):
        lines.append(f"app {app['app']}  {app['address']}")
        lines += [
            f"  machine {each['id']}  {each['state']}  {each['image']}  process {each['pid']}"
            for each in app["machines"]
        ]
    for project in found.get("projects", []):
        at = project["database"]
        address = f"{at['host']}:{at['port']}" if at.get("port") else at["host"]
        lines.append(f"project {project['ref']}  {project['status']}  {project['name']}  {address}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
