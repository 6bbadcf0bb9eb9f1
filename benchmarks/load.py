"""Every figure of the load tests, in one run: `python -m benchmarks.load [--real TIMES] [NAME …]`.

Each is told beside what it was to be, and the run ends with 1 if one was missed. They are worth as
much as the computer was quiet: its load average is told before and after. Without names all are
measured (about 12 minutes); `--real` adds so many real comparisons of either kind, 70 s each.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import capacity, comparison, generator, merging, omission
from benchmarks.figures import Figure, machine, tell

WAYS: dict[str, Callable[[], Iterator[Figure]]] = {
    "merging": merging.figures,
    "generator": generator.figures,
    "omission": omission.figures,
    "capacity": capacity.figures,
    "comparison": comparison.figures,
}


def main() -> int:
    """Measure what is asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--real", type=int, default=0, metavar="TIMES", help="real comparisons")
    parser.add_argument("names", nargs="*", choices=WAYS, help=", ".join(WAYS))
    given = parser.parse_args()
    print(machine(), flush=True)
    found = [tell(figure) for name in given.names or WAYS for figure in WAYS[name]()]
    if given.real:
        found += [tell(figure) for figure in comparison.real(given.real)]
    missed = [figure.line for figure in found if figure.kept is False]
    print("\n".join([machine(), f"{len(missed)} missed", *missed]))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
