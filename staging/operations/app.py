"""The Fly half of the mirror: app, addresses, certificates, secrets, configuration, machines."""

from collections import Counter

from staging import flyconfig
from staging.errors import ServiceFailed
from staging.operations import generated, planning, secrets, unfinished
from staging.operations.credentials import Credentials
from staging.operations.deploy import deploy
from staging.operations.observe import Observation
from staging.operations.steps import note
from staging.rules.certificates import record


def ensure(seen: Observation) -> None:
    """Have the app, in production's organisation unless staging.toml names another."""
    if seen.app is None:
        clouds, staging = seen.clouds, seen.clouds.settings.staging
        production = seen.production_app
        organisation = staging.organisation or (production.organisation if production else "")
        clouds.fly.create(staging.app, organisation=organisation)
        seen.app = clouds.fly.app(staging.app)


def allocate(seen: Observation, *, kind: str) -> None:
    """Give the app an address that costs nothing."""
    seen.clouds.fly.allocate(seen.clouds.settings.staging.app, kind=kind)


def certify(seen: Observation, *, hostname: str) -> None:
    """Ask for a certificate, and say at once what DNS needs: health may be asked there next."""
    name = seen.clouds.settings.staging.app
    seen.clouds.fly.add_certificate(name, hostname)
    note(record(hostname, name))


def stage_secrets(seen: Observation) -> None:
    """Hold every secret that Fly does not have yet, for the deploy that follows."""
    clouds, app = seen.clouds, seen.clouds.settings.staging.app
    generated.make_up(clouds)
    held = planning.held(seen)
    found = secrets.values(clouds, planning.known(seen))
    wanted = {k: v for k, v in found.items() if v is not None and not held[k]}
    if not wanted:
        return
    clouds.fly.stage_secrets(app, wanted)
    stored = {secret.name: secret for secret in clouds.fly.secrets(app)}
    if lost := sorted(wanted.keys() - stored.keys()):
        raise ServiceFailed(f"Fly did not keep the secrets {', '.join(lost)}.")
    credentials = Credentials(clouds.settings, clouds.environ)
    credentials.remember(stored, {name: secrets.text(value) for name, value in wanted.items()})


def write_config(seen: Observation) -> None:
    """Have fly.staging.toml say what production's configuration gives."""
    path = seen.clouds.settings.app_config
    config = planning.configuration(seen)
    if not path.is_file() or flyconfig.read(path) != config:
        flyconfig.write(path, config)


def deploy_productions_image(seen: Observation) -> None:
    """Deploy what production runs, named by digest: a tag can move."""
    image = planning.image(seen)
    deploy(seen.clouds, images=[image.image, image.tagged], digest=image.digest)
    wanted = {group.name: group.count for group in planning.groups(seen)}
    name = seen.clouds.settings.staging.app
    there = Counter(machine.process_group for machine in seen.clouds.fly.machines(name))
    if other := {group: count for group, count in wanted.items() if there[group] != count}:
        seen.clouds.fly.scale(name, other)  # a deploy makes one of each group, and keeps what is
    unfinished.ended(seen.clouds.settings, name)  # whatever was left undone, this runs now
