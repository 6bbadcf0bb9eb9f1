"""`ssh console -C`: a program on a machine, with this one's stdin and stdout."""

import os
import shlex
import socket
import sys
import threading
from typing import Any

from rehearsal.fly.cloud import connect
from rehearsal.fly.failure import CommandError
from rehearsal.fly.line import Line
from rehearsal.fly.printing import note
from rehearsal.fly.refusals import machines_api

_CHUNK = 65536


def console(line: Line) -> None:
    """Run a command on a machine to its end; its end of input is that of ours."""
    command = line.value("command")
    if not command:
        raise CommandError("the rehearsal's machines have no terminal: give a command with -C")
    cloud, app = connect(line), line.app()
    with machines_api(f"get app {app}"):
        machine = _machine(line, cloud.machines(app), app)
    with machines_api("error connecting to SSH server"):
        path = f"/apps/{app}/machines/{machine['id']}/shell"
        opened = cloud.post(path, {"command": shlex.split(command)})
    if not line.has("quiet"):
        note(f"Connecting to {machine['private_ip']}... complete")
    _exchange(opened)
    with machines_api("ssh shell"):
        ended = cloud.get(f"{path}/{opened['key']}")
    sys.stderr.write(ended["stderr"])
    if ended["code"]:
        raise CommandError(f"ssh shell: Process exited with status {ended['code']}")


def _machine(line: Line, machines: list[dict[str, Any]], app: str) -> dict[str, Any]:
    started = [machine for machine in machines if machine["state"] == "started"]
    if not started:
        raise CommandError(
            f"app {app} has no started VMs.\nIt may be unhealthy or not have been deployed yet.\n"
            "Try the following command to verify:\n\nfly status"
        )
    named = line.value("machine")
    found = [machine for machine in started if named in ("", machine["id"])]
    if not found:
        raise CommandError(f'--machine="{named}" not found/started')
    return found[0]


def _exchange(opened: dict[str, Any]) -> None:
    """Pass bytes both ways until the program on the machine has closed its output."""
    with socket.create_connection(("127.0.0.1", opened["port"]), timeout=10) as line:
        line.settimeout(None)
        line.sendall(opened["key"].encode())
        threading.Thread(target=_send, args=(line,), daemon=True).start()
        while received := line.recv(_CHUNK):
            _write(received)


def _send(line: socket.socket) -> None:
    try:
        while given := os.read(0, _CHUNK):
            line.sendall(given)
        line.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the program has ended: nobody hears us any more


def _write(received: bytes) -> None:
    while received:
        received = received[os.write(1, received) :]
