"""docs/reference.md is what the code says, and every setting says what it is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "staging" / "schemas" / "settings.json").read_text())


@pytest.fixture(scope="module")
def written() -> str:
    argv = [sys.executable, "-c", "from docs import reference; print(reference.written(), end='')"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_reference_is_not_stale(written: str) -> None:
    found = (ROOT / "docs" / "reference.md").read_text()
    assert found == written, "run `python docs/reference.py`"


def test_it_has_tasks_sessions_settings_codes_and_schemas(written: str) -> None:
    for expected in (
        "### `invoke provision`",
        "| `--dry-run` |",
        "| `nox -s smoke` |",
        "| `staging.app` * |",
        "| `smoke.allowed[].expires` * |",
        "| `alerts.NAME.above` |",
        "| 130 | interrupted |",
        "`staging/schemas/watch.json`",
    ):
        assert expected in written


def keys(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if name:
        yield name, schema
    for key, inner in schema.get("properties", {}).items():
        yield from keys(f"{name}.{key}".strip("."), inner)
    for key in ("items", "additionalProperties"):
        inner = schema.get(key)
        if isinstance(inner, dict):
            for below, each in inner.get("properties", {}).items():
                yield from keys(f"{name}.*.{below}", each)


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from keys("", SCHEMA)
    for name in ("target", "secret"):
        yield from keys("", SCHEMA["$defs"][name])


@pytest.mark.parametrize(("name", "schema"), list(described()), ids=lambda each: str(each)[:40])
def test_every_setting_says_what_it_is(name: str, schema: dict[str, Any]) -> None:
    assert schema.get("description", "").endswith("."), name
