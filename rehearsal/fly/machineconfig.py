"""What a fly.toml makes of one machine: guest, environment, services, checks, metrics."""

import hashlib
import shlex
from typing import Any

from rehearsal.fly import catalogue, durations
from rehearsal.fly.flytoml import Config, groups, services

FLYCTL_VERSION = "0.4.87"
RELEASE_GROUP = "fly_app_release_command"
_SERVING = {"services", "checks", "metrics", "mounts"}
_HTTP_PORTS = [
    {"port": 80, "handlers": ["http"], "force_https": True},
    {"port": 443, "handlers": ["http", "tls"]},
]
_CHECK_KEYS = ("interval", "timeout", "grace_period", "method", "path", "protocol")


class UnknownSizeError(ValueError):
    """The configuration names a machine size that the platform does not have."""


def machine_config(
    config: Config, *, group: str, image: str, release: dict[str, Any], guest: dict[str, Any]
) -> dict[str, Any]:
    """Return the configuration that the Machines API would be sent for one process group."""
    found: dict[str, Any] = {
        "env": _environment(config, group=group),
        "init": _init(config, group=group),
        "guest": guest,
        "metadata": {
            "fly_flyctl_version": FLYCTL_VERSION,
            "fly_platform_version": "v2",
            "fly_process_group": group,
            "fly_release_id": release["id"],
            "fly_release_version": str(release["version"]),
        },
    }
    offered = [_service(each) for each in services(config) if _of_group(each, group, config)]
    if offered:
        found["services"] = offered
    checks = {
        name: _check(check, kind=check.get("type", "http")) | {"port": check.get("port")}
        for name, check in config.get("checks", {}).items()
        if _of_group(check, group, config)
    }
    if checks:
        found["checks"] = checks
    for each in config.get("metrics", []):
        if _of_group(each, group, config):
            found["metrics"] = {k: v for k, v in each.items() if k != "processes"}
    mounts = [_mount(m) for m in config.get("mounts", []) if _of_group(m, group, config)]
    if mounts:
        found["mounts"] = mounts
    return found | _ending(config) | {"image": image}


def release_config(
    config: Config, *, image: str, release: dict[str, Any], guest: dict[str, Any]
) -> dict[str, Any]:
    """Return the configuration of the machine that runs release_command and goes away."""
    found = machine_config(config, group=RELEASE_GROUP, image=image, release=release, guest=guest)
    found = {k: v for k, v in found.items() if k not in _SERVING}
    found["env"] |= {"RELEASE_COMMAND": "1"}
    command = shlex.split(config["deploy"]["release_command"])
    return found | {
        "init": {"cmd": command},
        "auto_destroy": True,
        "restart": {"policy": "no"},
    }


def guest_of(
    config: Config, *, group: str, present: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the guest of a group: its [[vm]], else what the machine has, else the smallest.

    A partial [[vm]] starts from shared-cpu-1x with 256 MB: what it leaves out is lost.
    """
    tables = config.get("vm", [])
    named = [each for each in tables if group in each.get("processes", [])]
    chosen = named or [each for each in tables if not each.get("processes")]
    if not chosen:
        return dict(present or catalogue.sizes()[catalogue.SMALLEST])
    table = chosen[0]
    size = table.get("size", catalogue.SMALLEST)
    known = catalogue.sizes()
    if size not in known:
        names = ", ".join(sorted(known))
        raise UnknownSizeError(f"invalid machine size requested, '{size}', available:\n{names}")
    found = dict(known[size])
    found |= {key: table[key] for key in ("cpu_kind", "cpus") if key in table}
    memory = table.get("memory", table.get("memory_mb"))
    return found if memory is None else found | {"memory_mb": megabytes(memory)}


def megabytes(value: object) -> int:
    """Read `1gb`, `512mb`, `1024` as MiB."""
    text = str(value).strip().lower().replace(" ", "").removesuffix("b")
    for unit, factor in (("gi", 1024), ("mi", 1), ("g", 1024), ("m", 1), ("", 1)):
        if unit and not text.endswith(unit):
            continue
        number = text.removesuffix(unit)
        try:
            return round(float(number) * factor)
        except ValueError:
            continue
    raise ValueError(f"invalid memory size '{value}'")


def _environment(config: Config, *, group: str) -> dict[str, str]:
    found = dict(config.get("env", {})) | {"FLY_PROCESS_GROUP": group}
    if config.get("primary_region"):
        found["PRIMARY_REGION"] = config["primary_region"]
    return dict(sorted(found.items()))


def _init(config: Config, *, group: str) -> dict[str, Any]:
    command = config.get("processes", {}).get(group, "")
    return {"cmd": shlex.split(command)} if command else {}


def _ending(config: Config) -> dict[str, Any]:
    stop = {}
    if "kill_signal" in config:
        stop["signal"] = config["kill_signal"]
    if "kill_timeout" in config:
        stop["timeout"] = config["kill_timeout"]
    return {"stop_config": stop} if stop else {}


def _of_group(section: dict[str, Any], group: str, config: Config) -> bool:
    named = section.get("processes") or groups(config)[:1]
    return group in named


def _service(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "protocol": given.get("protocol", "tcp"),
        "internal_port": given["internal_port"],
    }
    for key, name in (("auto_stop_machines", "autostop"), ("auto_start_machines", "autostart")):
        if key in given:
            found[name] = given[key]
    if "min_machines_running" in given:
        found["min_machines_running"] = given["min_machines_running"]
    found["ports"] = _ports(given)
    if "concurrency" in given:
        found["concurrency"] = given["concurrency"]
    checks = [_check(each, kind="http") for each in given.get("checks", [])]
    checks += [_check(each, kind="tcp") for each in given.get("tcp_checks", [])]
    checks += [_check(each, kind="http") for each in given.get("http_checks", [])]
    if checks:
        found["checks"] = checks
    return found | {"force_instance_key": None}


def _mount(given: dict[str, Any]) -> dict[str, Any]:
    # Volumes are names only here: nothing is mounted, and a machine's files are not kept.
    name = str(given.get("source", "data"))
    volume = f"vol_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return {"volume": volume, "path": given.get("destination", "/data"), "name": name}


def _ports(given: dict[str, Any]) -> list[dict[str, Any]]:
    if not given.get("http"):
        return list(given.get("ports", []))
    plain, secure = dict(_HTTP_PORTS[0]), dict(_HTTP_PORTS[1])
    if not given.get("force_https"):
        del plain["force_https"]
    return [plain, secure]


def _check(given: dict[str, Any], *, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": kind}
    for key in _CHECK_KEYS:
        if key in given:
            written = key in {"interval", "timeout", "grace_period"}
            found[key] = durations.written(given[key]) if written else given[key]
    if given.get("headers"):
        found["headers"] = [{"name": k, "values": [v]} for k, v in given["headers"].items()]
    return found
