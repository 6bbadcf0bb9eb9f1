"""fly.toml as flyctl understands it: read, put in order, checked locally."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehearsal.fly import durations

Config = dict[str, Any]

# The order in which flyctl writes a configuration back.
_ORDER = (
    *("app", "primary_region", "kill_signal", "kill_timeout", "swap_size_mb", "console_command"),
    *("experimental", "build", "deploy", "env", "http_service", "services", "mounts", "processes"),
    *("checks", "files", "statics", "metrics", "restart", "vm", "host_dedication_id"),
)
_TIMES = {"interval", "timeout", "grace_period", "kill_timeout", "wait_timeout"}
_TIMES |= {"release_command_timeout"}
_CHECK = {"interval", "timeout", "grace_period", "method", "path", "protocol", "headers"}
_CHECK |= {"tls_skip_verify", "tls_server_name"}
_SERVICE = {"internal_port", "auto_stop_machines", "auto_start_machines", "processes"}
_SERVICE |= {"min_machines_running", "concurrency", "checks", "http_options", "tls_options"}
_VM = {"size", "memory", "cpu_kind", "cpus", "memory_mb", "max_memory_mb", "gpus", "gpu_kind"}
_VM |= {"host_dedication_id", "persist_rootfs", "kernel_args", "processes"}
_DEPLOY = {"strategy", "max_unavailable", "wait_timeout", "release_command", "seed_command"}
_DEPLOY |= {"release_command_timeout", "release_command_vm"}
_KEYS = {
    "http_service": _SERVICE | {"force_https", "machine_checks"},
    "http_service.checks": _CHECK,
    "checks": _CHECK | {"port", "type", "processes"},
    "deploy": _DEPLOY,
    "vm": _VM,
    "metrics": {"port", "path", "https", "processes"},
}


class FlyTomlError(Exception):
    """A file that flyctl cannot read; its text is what flyctl prints."""


def read(path: str) -> Config:
    """Read and normalise a fly.toml."""
    try:
        raw = Path(path).read_bytes()
    except OSError:
        raise FlyTomlError(f"file {path} not found") from None
    try:
        found = tomllib.loads(raw.decode())
        return normal(found)
    except tomllib.TOMLDecodeError as error:
        raise FlyTomlError(_pointed(path, raw.decode(), str(error))) from None
    except (ValueError, TypeError) as error:
        raise FlyTomlError(f"failed loading app config from {path}: {error}") from None


def normal(given: Mapping[str, Any]) -> Config:
    """Return the effective configuration: known order, durations and texts as flyctl writes them.

    A bare number given as a duration is nanoseconds, as it is to flyctl.
    """
    found = {key: _timed(given[key]) for key in _ordered(given)}
    if "kill_timeout" in found:
        found["kill_timeout"] = durations.written(found["kill_timeout"])
    if "env" in found:
        found["env"] = {name: _text(found["env"][name]) for name in sorted(found["env"])}
    for key in ("vm", "metrics", "mounts"):
        if isinstance(found.get(key), dict):
            found[key] = [found[key]]
    return {key: value for key, value in found.items() if value not in ({}, [], None)}


def groups(config: Config) -> list[str]:
    """Return the process groups' names; `app` when none is named."""
    return list(config.get("processes", {})) or ["app"]


def services(config: Config) -> list[dict[str, Any]]:
    """Return every service, the http_service first and marked by `http`."""
    found = [{**config["http_service"], "http": True}] if "http_service" in config else []
    return found + list(config.get("services", []))


def problems(config: Config) -> list[str]:
    """Return what flyctl's local validation refuses; regions and sizes are not looked at."""
    known, found = groups(config), []
    for service in services(config):
        named = service.get("processes", [])
        if len(known) > 1 and not named:
            found.append(
                f"Service has no processes set but app has {len(known)} processes defined; "  # noqa: S608  (prose, no SQL)
                "update fly.toml to set processes for each service"
            )
        found += [
            f"Service specifies '{name}' as one of its processes, but no processes are defined "
            "with that name; update fly.toml [processes] to include it"
            for name in named
            if name not in known
        ]
        if not service.get("internal_port"):
            found.append(
                "Service must expose at least one port" if "http" not in service else _PORT
            )
    return found


_PORT = "http_service must set internal_port"


def unknown_keys(given: Mapping[str, Any]) -> list[str]:
    """Return the sections and keys that strict validation complains about."""
    found = [key for key in given if key not in _ORDER]
    for section, keys in _KEYS.items():
        at: Any = given
        for part in section.split("."):
            at = at.get(part, {}) if isinstance(at, Mapping) else {}
        tables = list(at.values()) if section == "checks" else at if isinstance(at, list) else [at]
        found += [f"{section}.{key}" for each in tables for key in each if key not in keys]
    return found


def printed(value: object, *, depth: int = 0) -> str:
    """Write a configuration as `config show` does: an empty line before each later section."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        lines: list[str] = []
        for key, item in value.items():
            gap = "\n" if lines and isinstance(item, dict | list) and item else ""
            lines.append(f"{gap}{inner}{json.dumps(key)}: {printed(item, depth=depth + 1)}")
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(value, list) and value:
        items = ",\n".join(inner + printed(item, depth=depth + 1) for item in value)
        return f"[\n{items}\n{outer}]"
    return json.dumps(value, ensure_ascii=False)


def _ordered(given: Mapping[str, Any]) -> list[str]:
    return [key for key in _ORDER if key in given]


def _timed(value: Any) -> Any:  # noqa: ANN401  (TOML is a tree of anything)
    if isinstance(value, Mapping):
        return {
            key: durations.written(item) if key in _TIMES else _timed(item)
            for key, item in value.items()
        }
    return [_timed(item) for item in value] if isinstance(value, list) else value


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_AS_FLYCTL = {"Illegal character '\\n'": "basic strings cannot have new lines"}


def _pointed(path: str, text: str, error: str) -> str:
    problem, _, place = error.rpartition(" (at ")
    problem = _AS_FLYCTL.get(problem, problem.lower())
    lines = text.split("\n")
    row, column = len(lines), len(lines[-1]) + 1
    if place.startswith("line "):
        row, column = (int(part.strip(")").split()[-1]) for part in place.split(","))
    shown = [f"{row}| {lines[row - 1]}", f" | {' ' * (column - 1)}~ {problem}"]
    shown += [f"{row + 1}| {lines[row]}"] if row < len(lines) and lines[row] else []
    head = f"failed loading app config from {path}: row {row} column {column}"
    return "\n".join([head, *shown])
