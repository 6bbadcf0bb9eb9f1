"""The image of load machines: built from this checkout by Fly's builder, named by its content."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from staging.errors import ConfigurationError
from staging.operations.opening import Clouds
from staging.operations.steps import note

PARTS = ("loadtests", "staging")
DOCKERFILE = Path("loadtests", "Dockerfile")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")
REGISTRY = "registry.fly.io"


def name(root: Path, app: str) -> str:
    """What the image of this checkout is called, whether or not it was built yet."""
    return f"{REGISTRY}/{app}:{_label(root)}"


def build(clouds: Clouds, app: str) -> None:
    """Have it built; nothing but code leaves this computer."""
    root = clouds.settings.root
    note(f"  The image of load machines is built: {name(root, app)}")
    with _source(root, app) as source:
        clouds.fly.build(app, source, label=_label(root))


def _label(root: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(root):
        text = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()}\0{len(text)}\0".encode() + text)
    return f"load-{whole.hexdigest()[:24]}"


def _files(root: Path) -> list[Path]:
    if not (root / DOCKERFILE).is_file():
        problem = "The image of load machines cannot be built."
        raise ConfigurationError(problem, detail=f"{root / DOCKERFILE} is not there.")
    found = (path for part in PARTS for path in (root / part).rglob("*") if path.is_file())
    return sorted(path for path in found if not _left_out(path.relative_to(root)))


def _left_out(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


@contextmanager
def _source(root: Path, app: str) -> Iterator[Path]:
    """A folder of its own: what else lies in a checkout, such as .env, is never sent."""
    with tempfile.TemporaryDirectory(prefix="load-image-") as made:
        folder = Path(made)
        for part in PARTS:
            shutil.copytree(root / part, folder / part, ignore=LEFT_OUT)
        shutil.copy(root / DOCKERFILE, folder / "Dockerfile")
        (folder / "fly.toml").write_text(f'app = "{app}"\n', "utf-8")
        yield folder
