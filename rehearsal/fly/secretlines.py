"""How `secrets import` reads its lines: with losses, which are reproduced here one by one."""

from collections.abc import Iterator

# A buffer of 64 KiB must hold the line and its end.
LONGEST = 64 * 1024 - 1
FENCE = '"""'


class MalformedLine(Exception):
    """A line without NAME=; flyctl prints it whole, value and all."""


def parse(text: str) -> dict[str, str]:
    """Return what flyctl would store.

    Lost without a word: what follows an unquoted `#`, outer quotes, an unterminated fence, a line
    over 64 KiB with all lines after it.
    """
    found = {}
    lines = _until_too_long(text)
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals or not name or " " in name:
            raise MalformedLine(f"Secrets must be provided as NAME=VALUE pairs ({line} is invalid)")
        if value.lstrip().startswith(FENCE):
            whole = _fenced(value.lstrip()[len(FENCE) :], lines)
            if whole is not None:
                found[name] = whole
            continue
        found[name] = _bare(value)
    return found


def _until_too_long(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if len(line.encode()) > LONGEST:
            return
        yield line.removesuffix("\r")


def _fenced(first: str, rest: Iterator[str]) -> str | None:
    parts = [first]
    while FENCE not in parts[-1]:
        following = next(rest, None)
        if following is None:
            return None
        parts.append(following)
    return "\n".join(parts).partition(FENCE)[0]


def _bare(value: str) -> str:
    text = value.strip()
    for quote in ('"', "'"):
        if text.startswith(quote) and (end := text.find(quote, 1)) > 0:
            return text[1:end]
    return text.partition("#")[0].rstrip()
