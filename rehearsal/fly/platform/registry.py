"""The registry: which images exist, read anew each time from images.toml."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

HOST = "registry.fly.io"


@dataclass(frozen=True, slots=True)
class Image:
    """An image as a reference found it: where it was asked for and what is in it.

    `env` is what it was built with, `command` its own program; without one it is the world's.
    """

    repository: str
    tag: str
    digest: str
    version: str
    faults: tuple[str, ...] = field(default=())
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = field(default=())

    @property
    def ref(self) -> dict[str, str]:
        """The machine's image_ref."""
        return {
            "registry": HOST,
            "repository": self.repository,
            "tag": self.tag,
            "digest": self.digest,
        }


def find(reference: str, *, images: Path) -> Image | None:
    """Find `registry.fly.io/APP:TAG`, `…@sha256:…` or both; None when there is no such image.

    Every app's repository holds every image of images.toml.
    """
    host, _, rest = reference.partition("/")
    named, _, digest = rest.partition("@")
    repository, _, tag = named.partition(":")
    if host != HOST or not repository:
        return None
    for known in _known(images):
        right_tag = not tag or known.tag == tag
        right_digest = not digest or known.digest == digest
        if right_tag and right_digest and (tag or digest or known.tag == "latest"):
            return replace(known, repository=repository, tag=tag)
    return None


def first(images: Path) -> str:
    """The tag of the first image, which production runs."""
    known = _known(images)
    if not known:
        raise FileNotFoundError(f"[rehearsal] images: there is no image in {images}")
    return known[0].tag


def _known(images: Path) -> list[Image]:
    try:
        tables = tomllib.loads(images.read_text())
    except FileNotFoundError:
        return []
    found = []
    for tag, table in tables.items():
        content = json.dumps([tag, table], sort_keys=True, default=str).encode()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        faults = tuple(str(each) for each in table.get("faults", ()))
        env = {str(name): str(text) for name, text in table.get("env", {}).items()}
        command = tuple(map(str, table.get("command", ())))
        version = str(table.get("version", ""))
        found.append(Image("", tag, digest, version, faults, env, command))
    return found
