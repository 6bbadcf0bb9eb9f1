"""The machines and the application's own metrics, as the platform's Prometheus has them.

https://fly.io/docs/monitoring/metrics: Fly scrapes every 15 seconds; `fly_instance_cpu` counts
hundredths of a second by mode, memory is in bytes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from staging.secret import Secret, redact

TIMEOUT = 5.0
USED, ALL = "cpu.used", "cpu.all"
MACHINE = ("cpu", "memory_mem_total", "memory_mem_available", "net_recv_bytes", "net_sent_bytes")


def query(app: str, metrics: Iterable[str]) -> str:
    """One question for everything; `metrics` are names in which * stands for anything."""
    own = (name.replace("*", ".*") for name in metrics)
    names = "|".join((f"fly_instance_({'|'.join(MACHINE)})", *own))
    return f'{{app="{app}",__name__=~"{names}"}}'


@dataclass(frozen=True, slots=True)
class Platform:
    """`address` is the query interface, `question` what is asked of it each time."""

    address: str
    question: str
    authorization: Secret
    name: str = "platform"

    def look(self) -> dict[str, float]:
        """Figures by `METRIC`, those of machines by `MACHINE/METRIC`."""
        import requests  # costs 0.2 s, so not at the top

        try:
            answer = requests.get(
                self.address,
                params={"query": self.question},
                headers={"Authorization": self.authorization.reveal()},
                timeout=TIMEOUT,
            )
            if answer.status_code != 200:
                raise LookupError(f"The platform's metrics: status {answer.status_code}.")
            return figures(answer.json()["data"]["result"])
        except (requests.RequestException, UnicodeError) as error:
            said = redact(str(error), (self.authorization,))[:200]
            raise LookupError(f"The platform's metrics give no answer: {said}") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise LookupError(f"The platform's metrics are of an unknown form: {error!r}") from None


def figures(samples: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Each metric added up over its labels; a machine's own apart, as one may be full alone."""
    found: dict[str, float] = {}

    def add(name: str, value: float) -> None:
        found[name] = found.get(name, 0.0) + value

    for sample in samples:
        metric, value = sample["metric"], float(sample["value"][1])
        name, machine = metric["__name__"], metric.get("instance", "")
        of_machine = name.removeprefix("fly_instance_")
        if of_machine == name:
            add(name, value)
        elif of_machine == "cpu":
            add(f"{machine}/{ALL}", value)
            add(f"{machine}/{USED}", 0.0 if metric.get("mode") in {"idle", "iowait"} else value)
        elif not of_machine.startswith("net_") or metric.get("device", "eth0") != "lo":
            add(f"{machine}/{of_machine}", value)
    return found
