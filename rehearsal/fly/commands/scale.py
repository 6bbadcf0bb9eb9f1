"""Commands about how many machines an app has and how large they are."""

from collections import Counter
from typing import Any

from rehearsal.fly import catalogue, machineconfig
from rehearsal.fly.cloud import Cloud, connect, group_of
from rehearsal.fly.deploying import rollout
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import request_id, say, show, table
from rehearsal.fly.refusals import graphql, machines_api

Sample = tuple[str, dict[str, Any]]


def show_scale(line: Line) -> None:
    """Print count and size of each process group."""
    cloud, app = _app(line)
    machines = cloud.machines(app["name"])
    found = [_group(name, machines) for name in sorted({group_of(m) for m in machines})]
    if line.has("json"):
        show(found)
        return
    say(f"VM Resources for app: {app['name']}\n\nGroups")
    heads = ["NAME", "COUNT", "KIND", "CPUS", "MEMORY", "REGIONS"]
    rows = [[*list(each.values())[:5], ",".join(each["Regions"])] for each in found]
    table(heads, rows)


def vm(line: Line) -> None:
    """Give a group's machines another size."""
    size = line.arguments[0]
    if size not in catalogue.sizes():
        names = ", ".join(sorted(catalogue.sizes()))
        raise CommandError(f"invalid machine size requested, '{size}', available:\n[{names}]")
    guest = dict(catalogue.sizes()[size])
    memory = line.value("vm-memory", line.value("memory"))
    if memory:
        guest["memory_mb"] = machineconfig.megabytes(memory)
    _resize(line, guest)
    say(f"Scaled VM Type to '{size}'\n      CPU Cores: {guest['cpus']}")
    say(f"         Memory: {_memory(guest['memory_mb'])}")


def memory(line: Line) -> None:
    """Give a group's machines other memory."""
    guest = {"memory_mb": machineconfig.megabytes(line.arguments[0])}
    changed = _resize(line, guest)
    say(f"Scaled VM Memory size to {_memory(guest['memory_mb'])}")
    say(f"      CPU Cores: {changed['cpus']}\n         Memory: {_memory(changed['memory_mb'])}")


def count(line: Line) -> None:
    """Add or remove machines until each named group has as many as asked for."""
    cloud, app = _app(line)
    wanted = _counts(line)
    if not app["config"]:
        raise CommandError("there are no active releases for this app, deploy it first")
    machines = cloud.machines(app["name"])
    plan = {
        group: number - sum(group_of(m) == group for m in machines)
        for group, number in wanted.items()
    }
    if not any(plan.values()):
        say("App already scaled to desired state. No need for changes")
        return
    say(f"App '{app['name']}' is going to be scaled according to this plan:")
    samples = {group: _sample(cloud, app, group, machines) for group in plan}
    for group, by in plan.items():
        if by:
            say(f"  {by:+d} machines for group '{group}' on {_where(samples[group])}")
    if not line.has("yes"):
        raise CommandError("yes flag must be specified when not running interactively")
    say("Executing scale plan")
    for group, by in plan.items():
        _add(cloud, app, group, samples[group], number=by)
        surplus = [m for m in machines if group_of(m) == group][by:] if by < 0 else []
        _remove(cloud, app, surplus)


def _add(cloud: Cloud, app: dict[str, Any], group: str, sample: Sample, *, number: int) -> None:
    region, config = sample
    for _ in range(number):
        with machines_api(f"failed to launch VM for group {group}"):
            made = cloud.post(f"/apps/{app['name']}/machines", {"config": config, "region": region})
        size = catalogue.size_of(config["guest"])
        say(f"  Created {made['id']} group:{group} region:{region} size:{size}")


def _remove(cloud: Cloud, app: dict[str, Any], machines: list[dict[str, Any]]) -> None:
    for machine in machines:
        with machines_api(f"failed to destroy VM {machine['id']}"):
            cloud.delete(f"/apps/{app['name']}/machines/{machine['id']}")
        size = catalogue.size_of(machine["config"]["guest"])
        where = f"region:{machine['region']} size:{size}"
        say(f"  Destroyed {machine['id']} group:{group_of(machine)} {where}")


def _sample(
    cloud: Cloud, app: dict[str, Any], group: str, machines: list[dict[str, Any]]
) -> Sample:
    for machine in machines:
        if group_of(machine) == group:
            return machine["region"], machine["config"]
    config = app["config"]
    if group not in config.get("processes", {"app": ""}):
        raise CommandError(f"process group '{group}' not found")
    release = cloud.get(f"/apps/{app['name']}/releases")[0]
    guest = machineconfig.guest_of(config, group=group)
    made = machineconfig.machine_config(
        config, group=group, image=release["image_ref"], release=release, guest=guest
    )
    return config.get("primary_region", "syd"), made


def _where(sample: Sample) -> str:
    region, config = sample
    return f"region '{region}' of size '{catalogue.size_of(config['guest'])}'"


def _counts(line: Line) -> dict[str, int]:
    found = {}
    for argument in line.arguments:
        group, equals, number = argument.rpartition("=")
        name = group if equals else line.value("process-group", "app")
        if not number.isdigit():
            raise CommandError(f"'{argument}' is not a valid count")
        found[name] = int(number)
    return found


def _resize(line: Line, guest: dict[str, Any]) -> dict[str, Any]:
    cloud, app = _app(line)
    group = line.value("process-group", line.value("group", "app"))
    chosen = [m for m in cloud.machines(app["name"]) if group_of(m) == group]
    if not chosen:
        raise CommandError(f"No active machines in process group '{group}' {request_id()}")
    changed = {**chosen[0]["config"]["guest"], **guest}
    refused = catalogue.refusal(chosen[0]["region"], changed)
    if refused:
        raise CommandError(f"failed to update machine {chosen[0]['id']}: {refused}")
    rollout.resize(cloud, app, machines=chosen, guest=changed)
    return changed


def _app(line: Line) -> tuple[Cloud, dict[str, Any]]:
    name = line.app()
    with graphql("app", app=name):
        cloud = connect(line)
        return cloud, cloud.app(name)


def _group(name: str, machines: list[dict[str, Any]]) -> dict[str, Any]:
    own = [machine for machine in machines if group_of(machine) == name]
    guest = own[0]["config"]["guest"]
    return {
        "Process": name,
        "Count": len(own),
        "CPUKind": guest["cpu_kind"],
        "CPUs": guest["cpus"],
        "Memory": guest["memory_mb"],
        "Regions": dict(sorted(Counter(machine["region"] for machine in own).items())),
    }


def _memory(megabytes: int) -> str:
    return f"{megabytes // 1024} GB" if megabytes % 1024 == 0 else f"{megabytes} MB"
