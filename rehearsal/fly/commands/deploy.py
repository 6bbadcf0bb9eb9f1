"""The deploy: from fly.toml and an image to machines, as flyctl conducts it."""

import json
import os
import secrets
from typing import Any

from rehearsal.fly import durations, flytoml
from rehearsal.fly.cloud import Cloud, connect, require_token
from rehearsal.fly.commands.configuration import accept
from rehearsal.fly.deploying import building, releasecommand, rollout
from rehearsal.fly.deploying.plan import WAITS, Options, Plan, release
from rehearsal.fly.deploying.strategies import STRATEGIES, carry_out
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import note, request_id, say


def deploy(line: Line) -> None:
    """Deploy an image or a directory; exit 1 leaves machines as far as it got."""
    require_token(line)
    _enter(line)
    path = line.value("config", "fly.toml")
    note("==> Verifying app config")
    config = flytoml.read(path)
    for pair in line.flags.get("env", []):
        name, _, value = pair.partition("=")
        config.setdefault("env", {})[name] = value
    options = _options(line, config)
    accept(path, config)
    note("--> Verified app config")
    cloud, name = connect(line), line.app()
    app, image = _app(cloud, name), _image(cloud, name, line, config)
    if line.has("build-only"):
        return
    say(f"\nWatch your deployment at https://fly.io/apps/{name}/monitoring\n")
    if options.wait != WAITS:
        patience = f"Using wait timeout: {durations.written(options.wait * durations.SECOND)}"
        leases = "lease timeout: 13s delay between lease refreshes: 4s"
        say(f"\x1b[2mINFO\x1b[0m {patience} {leases}\n")
    effective = config | {"app": name}
    with release(cloud, name, image=image, config=effective, strategy=options.strategy) as begun:
        plan = Plan(cloud, app, effective, image, begun, options)
        _carry_out(plan, skip_command=line.has("skip-release-command"))
    _finish(plan)


def _carry_out(plan: Plan, *, skip_command: bool) -> None:
    if plan.config.get("deploy", {}).get("release_command") and not skip_command:
        releasecommand.run(plan)
    machines = plan.cloud.machines(plan.name)
    if not machines and flytoml.services(plan.config):
        _provision_addresses(plan)
    try:
        carry_out(plan, machines)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _finish(plan: Plan) -> None:
    if plan.options.dns and not plan.options.detach:
        rollout.warn_of_dns(plan.cloud, plan.app)
    if os.environ.get("FLY_EMIT_RELEASE_JSON") == "1":
        begun = {"id": plan.release["id"], "version": plan.release["version"]}
        say(json.dumps({**begun, "image_ref": plan.image}, separators=(",", ":")))
    if flytoml.services(plan.config):
        say(f"\nVisit your newly deployed app at http://{plan.cloud.address(plan.app)}/\n")


def _options(line: Line, config: flytoml.Config) -> Options:
    section: dict[str, Any] = config.get("deploy", {})
    strategy = line.value("strategy", section.get("strategy", "rolling"))
    if strategy not in STRATEGIES:
        raise CommandError(f"error unsupported deployment strategy '{strategy}'")
    return Options(
        strategy=strategy,
        wait=_patience(line.value("wait-timeout"), section),
        detach=line.has("detach"),
        ha=line.value("ha", "true") == "true",
        dns=line.value("dns-checks", "true") == "true",
    )


def _patience(flag: str, section: dict[str, Any]) -> float:
    if not flag:
        return durations.seconds(section.get("wait_timeout", f"{WAITS}s"))
    try:
        # Unlike in fly.toml, a bare number is seconds here.
        return float(flag) if flag.isdigit() else durations.seconds(flag)
    except ValueError:
        raise CommandError(
            f"invalid duration value {flag} used for --wait-timeout flag: valid options are a "
            "number of seconds, number with time unit (i.e.: 5m, 180s) or 'none'"
        ) from None


def _app(cloud: Cloud, name: str) -> dict[str, Any]:
    try:
        return cloud.app(name)
    except ApiError as error:
        text = "unauthorized" if error.status == 401 else error.text
        trace = f"(Trace ID: {secrets.token_hex(16)})"
        raise CommandError(f"{text} {request_id()} {trace}") from None


def _enter(line: Line) -> None:
    """Go into the directory that is named; flyctl looks up a relative --config there."""
    if line.arguments:
        try:
            os.chdir(line.arguments[0])
        except OSError as error:
            told = f"chdir {line.arguments[0]}: {str(error.strerror).lower()}"
            raise CommandError(f"failed changing working directory: {told}") from None


def _image(cloud: Cloud, app: str, line: Line, config: flytoml.Config) -> str:
    image = str(line.value("image") or config.get("build", {}).get("image", ""))
    if not image:
        if line.has("build-only") and not line.has("push"):
            raise CommandError("without --push what is built stays in the builder: not played here")
        return building.built(cloud, app, config=config, label=line.value("image-label"))
    _search(cloud, image)
    return image


def _search(cloud: Cloud, image: str) -> None:
    searching = f"==> Building image\nSearching for image '{image}' remotely..."
    note(searching)
    try:
        found: dict[str, str] = cloud.get(f"/images?ref={image}")
    except ApiError:
        note(searching)  # flyctl looks twice
        raise CommandError(f'{building.FAILED}could not find image "{image}"') from None
    note(f"image found: img_{found['digest'].removeprefix('sha256:')[:16]}")


def _provision_addresses(plan: Plan) -> None:
    known = plan.cloud.get(f"/apps/{plan.name}/ips")
    if known["addresses"] or known["shared"]:
        return
    say(f"Provisioning ips for {plan.name}")
    for kind, text in (("v6", "Dedicated ipv6"), ("shared_v4", "Shared ipv4")):
        made = plan.cloud.post(f"/apps/{plan.name}/ips", {"kind": kind})
        say(f"  {text}: {made['address']}")
    say("  Add a dedicated ipv4 with: fly ips allocate-v4\n")
