"""The machines of all apps: launched, updated, stopped, destroyed, brought back."""

import asyncio
import contextlib
import secrets
from pathlib import Path
from signal import Signals
from typing import Any

from rehearsal.fly import catalogue
from rehearsal.fly.platform import registry
from rehearsal.fly.platform.builds import Builds
from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.host import MachineHost, Means
from rehearsal.fly.platform.process import end_leftover
from rehearsal.fly.platform.records import App, Machine, State, now
from rehearsal.fly.platform.registry import Image


class Fleet:
    """Every machine's host by id."""

    def __init__(self, state: State, *, images: Path) -> None:
        self._state = state
        self._images = images
        self.builds = Builds(state)
        self._hosts: dict[str, MachineHost] = {}

    def hosts(self, app: App) -> list[MachineHost]:
        """Return the hosts of an app's machines."""
        return [self._hosts[i] for i in list(app.machines) if i in self._hosts]

    def host(self, app: App, machine: str) -> MachineHost:
        """Return one machine's host; 404 when the app has no such machine."""
        if machine not in app.machines or machine not in self._hosts:
            raise PlatformError(404, "machine not found")
        return self._hosts[machine]

    def image(self, reference: str) -> Image:
        """Find an image; 404 when the registry has none."""
        found = self._find(reference)
        if found is None:
            raise PlatformError(404, f'could not find image "{reference}"')
        return found

    async def launch(
        self,
        app: App,
        *,
        config: dict[str, Any],
        region: str,
        means: Means,
        cordoned: bool,
        name: str = "",
    ) -> Machine:
        """Make a machine and start it."""
        image = self._accepted(config, region=region)
        number = self._state.next()
        machine = Machine(
            id=secrets.token_hex(7),
            name=name or f"quiet-bee-{number}",
            region=region,
            config=config,
            image_ref=image.ref,
            secrets=dict(app.secrets),
            private_ip=f"fdaa:0:1:a7b:{number:x}::2",
            cordoned=cordoned,
        )
        machine.happened("launch", "created", source="user")
        app.machines[machine.id] = machine
        host = self._hosts[machine.id] = MachineHost(machine, app=app.name, means=means)
        await host.start(image)
        if config.get("auto_destroy"):
            host.ephemeral = asyncio.create_task(self._destroy_when_done(app, host))
        return machine

    async def update(self, app: App, machine: str, *, config: dict[str, Any]) -> Machine:
        """Replace a machine's configuration: it is stopped and started anew."""
        host = self.host(app, machine)
        record = host.machine
        image = self._accepted(config, region=record.region)
        await host.stop()
        replaced = {"requested_stop": True, "exited_at": now()}
        record.happened("exit", "replaced", source="flyd", exit_event=replaced)
        record.happened("update", "replacing", source="user")
        record.config, record.image_ref = config, image.ref
        record.secrets = dict(app.secrets)
        record.instance_id = f"01J{secrets.token_hex(12)[:23].upper()}"
        record.updated_at = now()
        record.happened("launch", "created", source="user")
        await host.start(image)
        return record

    async def start(self, app: App, machine: str) -> None:
        """Start a stopped machine; a started one stays as it is."""
        host = self.host(app, machine)
        if host.machine.state in {"stopped", "created"}:
            await host.start(self.image(host.machine.config["image"]))

    async def stop(self, app: App, machine: str) -> None:
        """Stop a machine and keep it."""
        host = self.host(app, machine)
        await host.stop()
        stopped = {"requested_stop": True, "exited_at": now()}
        host.machine.happened("exit", "stopped", source="flyd", exit_event=stopped)
        self._state.save()

    async def signal(self, app: App, machine: str, *, number: Signals) -> None:
        """Send a signal to what a machine runs; 412 when it runs nothing."""
        if not await self.host(app, machine).signal(number):
            raise PlatformError(412, "failed_precondition: machine is not in a started state")

    async def destroy(self, app: App, machine: str) -> None:
        """Stop a machine and forget it."""
        host = self.host(app, machine)
        await host.stop()
        self._hosts.pop(machine, None)
        app.machines.pop(machine, None)
        host.log.unlink(missing_ok=True)
        self._state.save()

    async def bring_back(self, app: App, *, means: Means) -> None:
        """Make hosts for saved machines and start those that were started."""
        starts = []
        for machine in list(app.machines.values()):
            end_leftover(machine)
            if machine.config.get("auto_destroy"):
                del app.machines[machine.id]
                continue
            host = self._hosts[machine.id] = MachineHost(machine, app=app.name, means=means)
            image = self._find(machine.config["image"])
            if machine.state != "stopped" and image is not None:
                starts.append(host.start(image))
        await asyncio.gather(*starts)

    async def end(self) -> None:
        """End every process; the records keep the states to come back to."""
        hosts = list(self._hosts.values())
        for host in hosts:
            if host.ephemeral is not None:
                host.ephemeral.cancel()
        await asyncio.gather(*(host.stop(requested=False, at_most=5) for host in hosts))
        self._hosts.clear()

    def _find(self, reference: str) -> Image | None:
        return registry.find(reference, images=self._images, built=self.builds.all())

    def _accepted(self, config: dict[str, Any], *, region: str) -> Image:
        refused = catalogue.refusal(region, config["guest"])
        if refused:
            raise PlatformError(400, refused)
        return self.image(config["image"])

    async def _destroy_when_done(self, app: App, host: MachineHost) -> None:
        while host.machine.state not in {"stopped", "destroyed"}:
            await asyncio.sleep(0.05)
        await host.ended()
        # The caller reads the exit code from the record of a machine that is gone.
        host.machine.state = "destroyed"
        await asyncio.sleep(5)
        with contextlib.suppress(PlatformError):
            await self.destroy(app, host.id)
