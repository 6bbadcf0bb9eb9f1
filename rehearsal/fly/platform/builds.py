"""Images that deploys built: each has the behaviour of the image that it was built from."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from rehearsal.fly.platform.errors import PlatformError
from rehearsal.fly.platform.records import State
from rehearsal.fly.platform.registry import Image

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = 26
_LAYERS = 64_000_000  # bytes, of the image below


class Builds:
    """What was built, kept with the world's state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(
        self, base: Image, *, repository: str, content: str, size: int, label: str = ""
    ) -> dict[str, Any]:
        """Build on an image; the same content on the same image is the same image again."""
        digest = hashlib.sha256(f"{base.digest} {content}".encode()).hexdigest()
        tag = label or f"deployment-{_ulid(digest)}"
        built = replace(base, repository=repository, tag=tag, digest=f"sha256:{digest}")
        kept = {**asdict(built), "from": base.digest}
        self._state.built = [e for e in self._state.built if _name(e) != _name(kept)] + [kept]
        self._state.save()
        return {"ref": built.ref, "size": _LAYERS + size}

    def all(self) -> list[Image]:
        """Every built image."""
        return [_image(each) for each in self._state.built]


def content(given: Mapping[str, Any]) -> str:
    """The digest of a source directory, as a client gives it."""
    found = str(given.get("content", ""))
    if len(found) != hashlib.sha256().digest_size * 2:
        raise PlatformError(422, "the source directory was not sent")
    return found


def _ulid(digest: str) -> str:
    """26 characters as a ULID has them: its first is at most 7."""
    number = int(digest, 16)
    digits = [_CROCKFORD[number >> 5 * place & 31] for place in range(_ULID - 2)]
    return "01" + "".join(digits)


def _name(kept: Mapping[str, Any]) -> tuple[str, str]:
    return str(kept["repository"]), str(kept["tag"])


def _image(kept: Mapping[str, Any]) -> Image:
    lists = {name: tuple(kept[name]) for name in ("faults", "command")}
    return Image(**{k: v for k, v in kept.items() if k != "from"} | lists)
