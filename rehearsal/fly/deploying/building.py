"""Building a directory: which image it is built upon, and what makes its result the same again."""

import hashlib
import re
from pathlib import Path

FROM = re.compile(r"^FROM\s+(\S+)", re.MULTILINE | re.IGNORECASE)
LEFT_OUT = {".git", ".venv", "node_modules"}


def base(folder: Path) -> str:
    """The image that the Dockerfile begins with; "" where there is no Dockerfile."""
    try:
        found = FROM.search((folder / "Dockerfile").read_text())
    except OSError:
        return ""
    return found[1] if found else ""


def content(folder: Path) -> str:
    """The digest of every file's name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not LEFT_OUT & set(inside.parts):
            digest.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
