"""One machine's part of a deploy: created or updated, then waited for, with flyctl's words."""

from collections.abc import Sequence
from typing import Any

from rehearsal.fly.cloud import Cloud
from rehearsal.fly.deploying.held import Held
from rehearsal.fly.deploying.plan import label
from rehearsal.fly.deploying.waiting import Wait
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.printing import request_id, say


class Steps:
    """Changes machines of one app under the deploy's leases."""

    def __init__(self, cloud: Cloud, app: str, *, held: Held, wait: float) -> None:
        self._cloud = cloud
        self._app = app
        self._held = held
        self.wait = Wait(cloud, app, limit=wait, meanwhile=held.refresh)

    def create(
        self, config: dict[str, Any], *, region: str, cordoned: bool = False
    ) -> dict[str, Any]:
        """Launch a machine; the platform refuses unknown regions and sizes only now."""
        body = {"config": config, "region": region, "cordoned": cordoned}
        try:
            made: dict[str, Any] = self._cloud.post(f"/apps/{self._app}/machines", body)
        except ApiError as error:
            text = f"failed to launch VM: {error.text} {request_id()}"
            raise CommandError(f"error creating a new machine: {text}") from None
        return made

    def created(self, machine: dict[str, Any]) -> None:
        """Wait for a new machine: started, steady, healthy."""
        self.wait.started(machine["id"])
        self.wait.steady(machine["id"])
        # A first launch waits without a word.
        self.wait.healthy(machine["id"], label=label(machine), say=lambda _: None)

    def replace(self, machine: dict[str, Any], config: dict[str, Any]) -> None:
        """Send a machine its new configuration."""
        say(f"> Updating {label(machine)}")
        say(f"> Updating {label(machine)}")
        path = f"/apps/{self._app}/machines/{machine['id']}"
        try:
            self._cloud.post(path, {"config": config}, nonce=self._held.nonce(machine["id"]))
        except ApiError as error:
            text = f"failed to update VM {machine['id']}: {error.text} {request_id()}"
            raise CommandError(text) from None

    def update(self, machine: dict[str, Any], config: dict[str, Any], *, waits: bool) -> None:
        """Replace one machine and wait for it, unless the strategy does not wait."""
        named = label(machine)
        try:
            self.replace(machine, config)
            if waits:
                say(f"> Waiting for {named} to have state: started")
                self.wait.started(machine["id"])
                say(f"> Machine {named} has state: started")
                say(f"> Checking that {named} is up and running")
                self.wait.steady(machine["id"])
                self.wait.healthy(machine["id"], label=named, say=say)
        except CommandError as error:
            say(f"✖ Machine {named} update failed: {str(error).splitlines()[0]}")
            raise
        say(f"✔ Machine {named} update succeeded")

    def destroy(self, machines: Sequence[dict[str, Any]]) -> None:
        """Destroy machines that the deploy no longer needs."""
        for machine in machines:
            nonce = self._held.nonce(machine["id"])
            self._cloud.delete(f"/apps/{self._app}/machines/{machine['id']}", nonce=nonce)
            self._held.forget(machine["id"])

    def act(self, machine: str, action: str) -> None:
        """Cordon, uncordon or stop one machine."""
        path = f"/apps/{self._app}/machines/{machine}/{action}"
        self._cloud.post(path, nonce=self._held.nonce(machine))
