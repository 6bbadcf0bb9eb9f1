"""The registry: which images exist, read anew each time from images.toml."""

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HOST = "registry.fly.io"


@dataclass(frozen=True, slots=True)
class Image:
    """An image as a reference found it: where it was asked for and what is in it."""

    repository: str
    tag: str
    digest: str
    version: str
    faults: tuple[str, ...] = field(default=())

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
            return Image(repository, tag, known.digest, known.version, known.faults)
    return None


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
        found.append(Image("", tag, digest, str(table.get("version", "")), faults))
    return found
