"""Everything that belongs to one running machine: its record, process, health and place in line."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from rehearsal.fly import durations
from rehearsal.fly.machineconfig import RELEASE_GROUP
from rehearsal.fly.platform import releasecommand
from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.health import Health
from rehearsal.fly.platform.process import MachineProcess
from rehearsal.fly.platform.records import Machine, now
from rehearsal.fly.platform.registry import Image
from rehearsal.fly.platform.shells import Shell

KILL_AFTER = "5s"


@dataclass(frozen=True, slots=True)
class Means:
    """What the world lends to each machine."""

    logs: Path
    command: Sequence[str]
    environment: Mapping[str, str]
    session: aiohttp.ClientSession
    changed: Callable[[], None]


class MachineHost:
    """Starts and stops one machine and knows whether it may be sent requests."""

    def __init__(self, machine: Machine, *, app: str, means: Means) -> None:
        self.machine = machine
        self.app = app
        self._means = means
        self._health = Health(machine, session=means.session, changed=means.changed)
        self.ephemeral: asyncio.Task[None] | None = None
        self.log = means.logs / f"{app}-{machine.id}.log"
        self._process = MachineProcess(machine, log=self.log, changed=self._process_changed)
        self._image: Image | None = None
        self._shells: dict[str, Shell] = {}

    @property
    def id(self) -> str:
        """The machine's id."""
        return self.machine.id

    @property
    def port(self) -> int:
        """Where the machine's application listens now."""
        return self.machine.port

    @property
    def accepting(self) -> bool:
        """Whether the machine's port was seen to accept a connection."""
        return self._health.accepting

    @property
    def routable(self) -> bool:
        """Whether the proxy may send it requests; without services it never may."""
        return bool(self.machine.config.get("services")) and self._health.good

    def passed(self, *, received: int, sent: int) -> None:
        """Hear from the proxy how many bytes went both ways."""
        self.machine.received += received
        self.machine.sent += sent

    def refused(self) -> None:
        """Hear from the proxy that a connection was refused."""
        self._health.doubt()

    async def start(self, image: Image) -> None:
        """Start the machine's process with the environment that Fly would give it."""
        self._image = image
        self._means.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One that stopped by itself left its watch behind.
        await self._health.stop()
        self._health.start()
        await self._process.start(self._argv(image), environment=self._environment(image))

    async def stop(self, *, requested: bool = True, at_most: float | None = None) -> None:
        """Take the machine out of the line, then end its process."""
        machine = self.machine
        ending = machine.config.get("stop_config", {})
        by = signal.Signals[ending.get("signal", "SIGTERM")]
        within = durations.seconds(ending.get("timeout", KILL_AFTER))
        before = machine.state
        machine.state = "stopping"
        await self._health.stop()
        await self._end_shells()
        await self._process.stop(by=by, within=within if at_most is None else min(within, at_most))
        machine.state = "stopped" if requested else before
        machine.checks = []

    async def signal(self, number: signal.Signals) -> bool:
        """Send a signal to what it runs; False when it runs nothing."""
        return await self._process.signal(number)

    def shell(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a program on it for whoever connects to this port with this key."""
        if self._image is None or self.machine.state != "started":
            raise PlatformError(412, "failed_precondition: machine is not in a started state")
        opened = Shell(command, self._environment(self._image))
        self._shells[opened.key] = opened
        return opened.open(), opened.key

    async def shell_end(self, key: str) -> Shell:
        """Wait for the end of a program that was so run."""
        if key not in self._shells:
            raise PlatformError(404, "no such session")
        await self._shells[key].ended.wait()
        return self._shells.pop(key)

    async def _end_shells(self) -> None:
        for opened in list(self._shells.values()):
            await opened.end()

    def _argv(self, image: Image) -> Sequence[str]:
        if image.bare:
            return list(self.machine.config["init"].get("cmd", ["true"]))
        if self.machine.group != RELEASE_GROUP:
            # As with an image that has an ENTRYPOINT: a command of [processes] is its arguments.
            command = image.command or self._means.command
            return [*command, *self.machine.config["init"].get("cmd", [])]
        return releasecommand.argv(self.machine.config["init"]["cmd"], faults=image.faults)

    def _environment(self, image: Image) -> dict[str, str]:
        machine = self.machine
        return {
            **self._means.environment,
            **image.env,
            **machine.config["env"],
            **machine.secrets,
            "FLY_APP_NAME": self.app,
            "FLY_REGION": machine.region,
            "FLY_MACHINE_ID": machine.id,
            "FLY_ALLOC_ID": machine.id,
            "FLY_MACHINE_VERSION": machine.instance_id,
            "FLY_PRIVATE_IP": machine.private_ip,
            "FLY_VM_MEMORY_MB": str(machine.config["guest"]["memory_mb"]),
            "FLY_PROCESS_GROUP": machine.group,
            "FLY_IMAGE_REF": machine.config["image"],
            "PRIMARY_REGION": machine.config["env"].get("PRIMARY_REGION", machine.region),
            "BEE_VERSION": image.version,
            "BEE_FAULTS": ",".join(image.faults),
        }

    async def ended(self) -> None:
        """Hear that what it runs has ended and is not started again: all else on it ends too."""
        await self._end_shells()

    def _process_changed(self) -> None:
        self.machine.updated_at = now()
        self._health.doubt()  # a restarted process listens on another port
        self._means.changed()
