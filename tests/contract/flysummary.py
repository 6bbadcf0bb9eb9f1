"""What the end of a run says about the program that Fly's tests ran with."""

from collections import Counter
from collections.abc import Iterable

from tests.contract import flyreal, flyworlds


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Say plainly whether a real flyctl was asked; nothing when no test of it ran."""
    ran = Counter(str(value) for name, value in properties if name == "program")
    ran = Counter({name: count for name, count in ran.items() if name.startswith("flyctl")})
    real = {name: count for name, count in ran.items() if name != flyworlds.STAND_IN}
    alone = ran[flyworlds.STAND_IN]
    if real:
        counted = ", ".join(f"{count} tests ran with {name}" for name, count in real.items())
        return [f"flyctl: {counted}; {alone} ran with the stand-in"]
    if alone and not flyreal.named():
        words = f"{alone} tests ran with the stand-in only"
        return [f"flyctl: no real program named by FLYCTL; {words}"]
    if alone:
        return [f"flyctl: FLYCTL names {flyreal.named()}, but no test ran with it"]
    return []
