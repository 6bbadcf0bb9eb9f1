"""What Fly tells of a machine itself: here of the processes that stand for it.

As there, CPU counts hundredths of a second by mode since the machine's start, memory is in bytes.
The network's counters are those of the sockets of 127.0.0.1 that the proxy has to the machine.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal.fly.platform.records import Machine

MEBIBYTE = 1024 * 1024


def instance(machine: Machine) -> Iterator[str]:
    """Lines of Prometheus text; none of a machine whose process has just ended."""
    guest = machine.config["guest"]
    try:
        main = psutil.Process(machine.pid)
        family = [main, *main.children(recursive=True)]
        user = sum(each.cpu_times().user for each in family)
        system = sum(each.cpu_times().system for each in family)
        resident = sum(each.memory_info().rss for each in family)
        lasted = time.time() - main.create_time()
    except psutil.Error:
        return
    idle = max(0.0, guest["cpus"] * lasted - user - system)
    for mode, seconds in (("user", user), ("system", system), ("idle", idle)):
        yield f'fly_instance_cpu{{cpu_id="0",mode="{mode}"}} {100 * seconds:.0f}'
    total = guest["memory_mb"] * MEBIBYTE
    yield f"fly_instance_memory_mem_total {total}"
    yield f"fly_instance_memory_mem_available {max(0, total - resident)}"
    yield f'fly_instance_net_recv_bytes{{device="eth0"}} {machine.received}'
    yield f'fly_instance_net_sent_bytes{{device="eth0"}} {machine.sent}'
