"""Put an image on staging, and see for ourselves that it runs and is well."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from staging.clouds.http import Service
from staging.errors import ConfigurationError, NotFound, NotSo, ServiceFailed, StagingError
from staging.inventory import Machine
from staging.operations import reach
from staging.operations.opening import Clouds
from staging.operations.steps import note, until

IN_A_ROW = 3
"""Good answers that it takes, since the first may come from a machine that is about to go."""

HEALTHY = 120.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What runs after a deploy, read back from the machines."""

    app: str
    url: str
    image: str
    digest: str
    machines: int
    seconds: float


def deploy(
    clouds: Clouds,
    *,
    images: Sequence[str] = (),
    digest: str | None = None,
    source: Path | None = None,
    strategy: str = "",
    config: Path | None = None,
    app: str = "",
    wait: float = HEALTHY,
) -> Deployment:
    """Deploy the first of `images` that the registry has, and prove that it is what runs.

    `images` name one image in several ways; without any, `source` is built. `digest` is what must
    run afterwards; None where only the registry knows it. `config` is the environment's, unless
    another is to go with the image. `app` is staging's if not named.
    """
    settings, started = clouds.settings, time.monotonic()
    config = config or settings.app_config
    if not config.is_file():
        remedy = "Run `invoke provision`: it derives it from production's configuration."
        raise ConfigurationError(f"There is no {config.name}.", remedy=remedy)
    name = app or settings.staging.app
    image = _deployed(clouds, Order(name, config, tuple(images), source, strategy))
    url = reach.url_of(clouds, clouds.fly.app(name))
    wait_until_healthy(url, settings.staging.health, wait=wait)
    machines = clouds.fly.machines(name)
    running = one_digest(machines, digest or _digest_in(image))
    return Deployment(
        app=name,
        url=url,
        image=image or machines[0].image,
        digest=running,
        machines=len(machines),
        seconds=round(time.monotonic() - started, 2),
    )


@dataclass(frozen=True, slots=True)
class Order:
    """What flyctl is told to deploy."""

    app: str
    config: Path
    images: tuple[str, ...]
    source: Path | None = None
    strategy: str = ""


def wait_until_healthy(url: str, path: str, *, wait: float) -> None:
    """By our own requests: without checks in its configuration Fly calls a dead image deployed."""
    good = 0

    def look() -> str | None:
        nonlocal good
        seen = healthy(url, path)
        good = 0 if seen else good + 1
        return None if good >= IN_A_ROW else seen or f"{good} good answers in a row"

    try:
        until(look, what=f"A healthy answer of {url}{path}", limit=wait)
    except StagingError as error:
        remedy = "Read why: `flyctl logs --no-tail`. The image before it can be deployed again."
        raise NotSo(error.problem, detail=error.detail, remedy=remedy) from None


def healthy(url: str, path: str) -> str | None:
    """None if it answers 2xx; else what it did instead."""
    try:
        answer = Service(url, {}).call("GET", path, timeout=10)
    except ServiceFailed as error:
        return error.detail or error.problem
    return None if answer.status // 100 == 2 else f"status {answer.status}: {answer.text[:200]}"


def _deployed(clouds: Clouds, order: Order) -> str:
    """The image that the registry had ("" of one that was built); flyctl's words are shown."""
    for number, image in enumerate(order.images or ("",), 1):
        try:
            clouds.fly.deploy(
                order.app,
                config=order.config,
                image=image,
                source=None if image else order.source,
                strategy=order.strategy,
                show=_told,
            )
        except NotFound as error:
            if number >= len(order.images):
                raise
            note(f"  {error.problem} ({image})")
        else:
            return image
    return ""


def _told(line: str) -> None:
    if line.strip():
        note(f"    {line}")


def one_digest(machines: Sequence[Machine], expected: str | None) -> str:
    """What every machine runs, or NotSo: flyctl's word is not enough."""
    if not machines:
        raise NotSo("After the deploy the app has no machine.")
    running = {machine.digest for machine in machines}
    if len(running) > 1 or (expected and running != {expected}):
        listed = "; ".join(f"{m.id} runs {m.digest}" for m in machines)
        raise NotSo(
            "After the deploy the machines do not run the image that was meant.",
            detail=f"{listed}; meant: {expected or 'one image for all'}",
            remedy="Run `flyctl releases` for what went on, then deploy again.",
        )
    return running.pop()


def running(machines: Sequence[Machine]) -> str:
    """The images that machines run, for the record."""
    return ", ".join(sorted({machine.image for machine in machines})) or "nothing"


def _digest_in(image: str) -> str | None:
    found = image.rpartition("@")[2]
    return found if found.startswith("sha256:") else None
