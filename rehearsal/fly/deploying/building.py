"""The build of a source directory: what its Dockerfile is made from, and what is in it."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rehearsal.fly.cloud import Cloud
from rehearsal.fly.failure import ApiError, CommandError
from rehearsal.fly.flytoml import Config
from rehearsal.fly.printing import note

FAILED = "failed to fetch an image or build from source: "
_NO_SOURCE = (
    f"{FAILED}app does not have a Dockerfile or buildpacks configured. "
    "See https://fly.io/docs/reference/configuration/#the-build-section"
)
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)", re.IGNORECASE | re.MULTILINE)
_OURS = "registry.fly.io/"
_LEFT_OUT = ".git"


class Source(NamedTuple):
    """A directory as it is sent to the builder."""

    digest: str
    size: int


def built(cloud: Cloud, app: str, *, config: Config, label: str = "") -> str:
    """Build the working directory; the name of the image that it became."""
    note("==> Building image")
    dockerfile = Path(str(config.get("build", {}).get("dockerfile", "Dockerfile")))
    if not dockerfile.is_file():
        raise CommandError(_NO_SOURCE)
    base = _base(dockerfile)
    source = read(Path())
    note(f"==> Building image with Docker\n--> FROM {base}")
    made = _made(cloud, app, base=base, source=source, label=label)
    ref = made["ref"]
    name = f"{ref['registry']}/{ref['repository']}:{ref['tag']}"
    note("--> Building image done\n==> Pushing image to fly")
    note(f"The push refers to repository [{ref['registry']}/{app}]\n--> Pushing image done")
    note(f"image: {name}\nimage size: {made['size'] / 1e6:.0f} MB")
    return name


def read(folder: Path) -> Source:
    """Digest every file's name, kind and content, but for what git keeps."""
    whole, size = hashlib.sha256(), 0
    for path in _files(folder):
        found = path.lstat()
        link = stat.S_ISLNK(found.st_mode)
        text = os.fsencode(path.readlink()) if link else path.read_bytes()
        kind = "link" if link else f"{bool(found.st_mode & stat.S_IXUSR)}"
        head = f"{path.relative_to(folder).as_posix()}\0{kind}\0{len(text)}\0"
        whole.update(head.encode("utf-8", "surrogateescape") + text)
        size += len(text)
    return Source(whole.hexdigest(), size)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != _LEFT_OUT)
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(place, name)
            # A worktree's .git is a file; a socket or a pipe is in no image.
            if name != _LEFT_OUT and (path.is_symlink() or path.is_file()):
                yield path


def _base(dockerfile: Path) -> str:
    named = _FROM.findall(dockerfile.read_text("utf-8", errors="replace"))
    if not named:
        raise CommandError(f"{FAILED}error building: failed to solve: no build stage in Dockerfile")
    ours = [name for name in named if name.startswith(_OURS)]
    return str((ours or named)[0])


def _made(cloud: Cloud, app: str, *, base: str, source: Source, label: str) -> dict[str, Any]:
    body = {"base": base, "content": source.digest, "size": source.size, "label": label}
    try:
        found: dict[str, Any] = cloud.post(f"/apps/{app}/images", body)
    except ApiError as error:
        raise CommandError(_unresolved(base) if error.status == 404 else error.text) from None
    return found


def _unresolved(base: str) -> str:
    # Of other registries the rehearsal knows what images.toml names.
    why = f"failed to resolve source metadata for {base}: {base}: not found"
    return f"{FAILED}error building: failed to solve: {base}: {why}"
