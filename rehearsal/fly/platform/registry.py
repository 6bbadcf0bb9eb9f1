"""The registry: which images exist: those of images.toml, read anew each time, and built ones."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HOST = "registry.fly.io"


@dataclass(frozen=True, slots=True)
class Image:
    """An image as a reference found it: where it was asked for and what is in it.

    `env` is what it was built with, `command` its own program; without one it is the world's. One
    that is `bare` has none: what it runs is said by whoever runs it.
    """

    repository: str
    tag: str
    digest: str
    version: str
    faults: tuple[str, ...] = field(default=())
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = field(default=())
    bare: bool = False

    @property
    def ref(self) -> dict[str, str]:
        """The machine's image_ref."""
        return {
            "registry": HOST,
            "repository": self.repository,
            "tag": self.tag,
            "digest": self.digest,
        }


def find(reference: str, *, images: Path, built: Iterable[Image] = ()) -> Image | None:
    """Find `registry.fly.io/APP:TAG`, `…@sha256:…` or both; None when there is no such image.

    Every app's repository holds every image of images.toml, and what was built for that app; a
    table with `pruned = true` takes an image of either kind away. A table whose name has a colon is
    an image of another registry, which Dockerfiles may be built on.
    """
    host, _, rest = reference.partition("/")
    named, _, digest = rest.partition("@")
    repository, _, tag = named.partition(":")
    tables = _tables(images)
    if ":" in reference and reference in tables:
        return next(each for each in _known(tables) if each.tag == reference)
    if host != HOST or not repository:
        return None
    gone = {tag for tag, table in tables.items() if table.get("pruned")}
    theirs = [each for each in built if each.repository == repository and each.tag not in gone]
    for known in [*_known(tables), *theirs]:
        right_tag = not tag or known.tag == tag
        right_digest = not digest or known.digest == digest
        if right_tag and right_digest and (tag or digest or known.tag == "latest"):
            return replace(known, repository=repository, tag=tag)
    return None


def first(images: Path) -> str:
    """The tag of the first image, which production runs."""
    known = _known(_tables(images))
    if not known:
        raise FileNotFoundError(f"[rehearsal] images: there is no image in {images}")
    return known[0].tag


def _tables(images: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(images.read_text())
    except FileNotFoundError:
        return {}


def _known(tables: Mapping[str, Any]) -> list[Image]:
    found = []
    for tag, table in tables.items():
        if table.get("pruned"):
            continue
        content = json.dumps([tag, table], sort_keys=True, default=str).encode()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        faults = tuple(str(each) for each in table.get("faults", ()))
        env = {str(name): str(text) for name, text in table.get("env", {}).items()}
        command = tuple(map(str, table.get("command", ())))
        version = str(table.get("version", ""))
        bare = bool(table.get("bare"))
        found.append(Image("", tag, digest, version, faults, env, command, bare))
    return found
