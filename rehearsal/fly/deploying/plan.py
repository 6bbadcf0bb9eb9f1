"""What one deploy is to do: whose machines, which configuration, how patiently."""

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from rehearsal.fly import machineconfig
from rehearsal.fly.cloud import Cloud, group_of
from rehearsal.fly.failure import Interrupted
from rehearsal.fly.flytoml import Config

WAITS = 300.0


class Options(NamedTuple):
    """The flags that change how a deploy goes."""

    strategy: str = "rolling"
    wait: float = WAITS
    detach: bool = False
    ha: bool = True
    dns: bool = True


class Plan(NamedTuple):
    """One release on its way to an app's machines."""

    cloud: Cloud
    app: dict[str, Any]
    config: Config
    image: str
    release: dict[str, Any]
    options: Options

    @property
    def name(self) -> str:
        """The app's name."""
        return str(self.app["name"])

    @property
    def region(self) -> str:
        """Where new machines go."""
        return str(self.config.get("primary_region", "syd"))

    def machine(self, group: str, *, present: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return a group's machine configuration; without [[vm]] a machine keeps its guest."""
        guest = machineconfig.guest_of(
            self.config, group=group, present=present and present["config"]["guest"]
        )
        return machineconfig.machine_config(
            self.config, group=group, image=self.image, release=self.release, guest=guest
        )


@contextlib.contextmanager
def release(
    cloud: Cloud, app: str, *, image: str, config: Config | None, strategy: str
) -> Iterator[dict[str, Any]]:
    """Begin a release and give it its end: complete, failed, or interrupted by a signal."""
    body = {"image": image, "config": config, "strategy": strategy}
    begun: dict[str, Any] = cloud.post(f"/apps/{app}/releases", body)
    status = "failed"
    try:
        yield begun
        status = "complete"
    except Interrupted:
        status = "interrupted"
        raise
    finally:
        cloud.patch(f"/apps/{app}/releases/{begun['id']}", {"status": status})


def label(machine: dict[str, Any]) -> str:
    """Name a machine as deploys do: `3aebaa44cd0548 [app]`."""
    return f"{machine['id']} [{group_of(machine)}]"
