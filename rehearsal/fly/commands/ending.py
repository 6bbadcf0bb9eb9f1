"""Commands that end a machine, or what runs on it, without asking it."""

import signal

from rehearsal.fly.cloud import connect
from rehearsal.fly.commands.machines import ids
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import say
from rehearsal.fly.refusals import machines_api

_MAY_GO = {"stopped", "suspended"}


def kill(line: Line) -> None:
    """Send SIGKILL to what a machine runs; whether it runs again is the platform's affair."""
    machine = ids(line)[0]
    with machines_api(f"could not kill machine {machine}"):
        cloud, path = connect(line), f"/apps/{line.app()}/machines/{machine}"
        state = cloud.get(path)["state"]
        say(f"{_found(machine, state)} attempting to kill...")
        cloud.post(f"{path}/signal", {"signal": int(signal.SIGKILL)})
    say("kill signal has been sent")


def destroy(line: Line) -> None:
    """Destroy machines; one that runs only with --force."""
    cloud, app = connect(line), line.app()
    for machine in ids(line):
        with machines_api(f"could not destroy machine {machine}"):
            path = f"/apps/{app}/machines/{machine}"
            state = cloud.get(path)["state"]
            if state not in _MAY_GO and not line.has("force"):
                raise CommandError(_refusal(machine, state))
            say(f"{_found(machine, state)} attempting to destroy...")
            cloud.delete(path)
        say(f"{machine} has been destroyed")


def _found(machine: str, state: str) -> str:
    return f"machine {machine} was found and is currently in {state} state,"


def _refusal(machine: str, state: str) -> str:
    # flyctl itself refuses; the platform would say "failed_precondition: unable to destroy
    # machine, not currently stopped".
    if state == "started":
        how = "currently started"
    else:
        how = f"is in a {state} state and cannot be destroyed since it is not stopped or suspended"
    return f"machine {machine} {how}, either stop first or use --force flag"
