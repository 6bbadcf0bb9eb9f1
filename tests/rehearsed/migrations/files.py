"""A project's history of migrations as files: production's own, and what has come since."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"(?m)^-- file: (\S+)\n")


def history() -> dict[str, str]:
    """Every file's text by its name."""
    own = {path.name: path.read_text() for path in (ROOT / "rehearsal" / "schema").glob("*.sql")}
    parts = NAMED.split(Path(__file__).with_name("history.sql").read_text())[1:]
    return own | dict(zip(parts[::2], parts[1::2], strict=True))


def write(folder: Path) -> list[str]:
    """The files in a folder, and their names."""
    folder.mkdir(parents=True)
    found = history()
    for name, text in found.items():
        (folder / name).write_text(text)
    return sorted(found)
