"""The layers, held by a test: a module imports only from those below it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GROUND = {"errors", "secret", "inventory"}
BELOW: dict[str, set[str]] = {
    "errors": set(),
    "secret": {"errors"},
    "inventory": {"errors", "secret"},
    "settings": GROUND,
    "flyconfig": {"errors", "inventory"},
    "rules": GROUND | {"settings", "flyconfig"},
    "clouds": GROUND,
    "operations": GROUND | {"settings", "flyconfig", "rules", "clouds"},
    "report": GROUND | {"rules", "operations"},
    "attached": GROUND | {"settings", "operations"},
    "tasks": GROUND | {"settings", "operations", "command"},
    "command": GROUND | {"clouds", "operations", "report"},
}
OUTSIDE = GROUND | {"settings", "rules"}
MODULES = sorted(p.relative_to(ROOT) for p in ROOT.glob("staging/**/*.py"))
SESSIONS = sorted(
    p.relative_to(ROOT) for d in ("smoke", "loadtests") for p in ROOT.glob(f"{d}/**/*.py")
)
REHEARSAL = sorted(p.relative_to(ROOT) for p in ROOT.glob("rehearsal/**/*.py"))
HEAVY = {"requests", "psycopg", "jsonschema", "locust", "tomlkit", "aiohttp", "yaml"}


def imported(module: Path, *, at_the_top: bool = False) -> set[str]:
    tree = ast.parse((ROOT / module).read_text())
    nodes = list(tree.body if at_the_top else ast.walk(tree))
    names = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    return names | {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}


def layers(module: Path) -> set[str]:
    parts = [name.split(".") for name in imported(module)]
    both = [ast.parse((ROOT / module).read_text())]
    whole = [
        n for n in ast.walk(both[0]) if isinstance(n, ast.ImportFrom) and n.module == "staging"
    ]
    return {p[1] for p in parts if p[0] == "staging" and len(p) > 1} | {
        alias.name for node in whole for alias in node.names
    }


@pytest.mark.parametrize("module", [m for m in MODULES if len(m.parts) > 1], ids=str)
def test_imports_point_down(module: Path) -> None:
    layer = module.parts[1].removesuffix(".py")
    if layer != "__init__":
        assert layers(module) <= BELOW[layer] | {layer}


def test_one_module_of_staging_starts_programs() -> None:
    assert [m.name for m in MODULES if "subprocess" in imported(m)] == ["process.py"]


@pytest.mark.parametrize("module", SESSIONS, ids=str)
def test_sessions_use_little_of_staging(module: Path) -> None:
    assert layers(module) <= OUTSIDE


@pytest.mark.parametrize("module", REHEARSAL, ids=str)
def test_the_rehearsal_shares_nothing_with_staging(module: Path) -> None:
    assert not [name for name in imported(module) if name.split(".")[0] == "staging"]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_staging_does_not_know_the_rehearsal(module: Path) -> None:
    assert not [name for name in imported(module) if name.split(".")[0] == "rehearsal"]
    assert "rehearsal" not in (ROOT / module).read_text().lower()


@pytest.mark.parametrize("module", [*MODULES, Path("tasks.py"), Path("noxfile.py")], ids=str)
def test_heavy_packages_are_imported_where_they_are_used(module: Path) -> None:
    assert not HEAVY & {name.split(".")[0] for name in imported(module, at_the_top=True)}
