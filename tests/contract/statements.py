"""What is known of the real programs, one fact each, and the tests that hold it.

`python -m tests.contract.statements` counts them.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("statements")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One fact about a program; either tests hold it, or it says why none can."""

    program: str
    says: str
    tests: tuple[str, ...] = ()
    untested: str = ""

    @property
    def places(self) -> tuple[tuple[Path, str], ...]:
        """The file, seen from the checkout's root, and the function of each test."""
        parts = [name.partition("::") for name in self.tests]
        contract = Path("tests/contract")
        return tuple(
            (Path(file) if file.startswith("tests/") else contract / file, function)
            for file, _, function in parts
        )


def load(program: str) -> tuple[Statement, ...]:
    """The statements about one program; none when nobody has written them."""
    path = FOLDER / f"{program}.toml"
    if not path.exists():
        return ()
    found = tomllib.loads(path.read_text())["statement"]
    return tuple(
        Statement(program=program, **{**each, "tests": tuple(each.get("tests", ()))})
        for each in found
    )


def every() -> tuple[Statement, ...]:
    """The statements about both programs."""
    return (*load("flyctl"), *load("supabase"))


WITH_REAL = {"wrapper", "commands", "rules", "real", "second", "provision"}
"""The parts of tests/contract/test_supabase_*.py that nox -s contract runs with real programs."""


def _main() -> None:
    for program in ("flyctl", "supabase"):
        found = load(program)
        held = [each for each in found if each.tests]
        print(f"{program}: {len(found)} statements, {len(held)} with a test")
        for each in found:
            if each.untested:
                print(f"  untested: {each.says} ({each.untested})")
    real = [s for s in load("supabase") if any(p[0].stem[14:] in WITH_REAL for p in s.places)]
    print(f"supabase: {len(real)} statements are held by real programs too")


if __name__ == "__main__":
    _main()
