"""The command line as cobra reads it: which command, its flags, its arguments."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rehearsal.fly import flytoml
from rehearsal.fly.failure import CommandError

NO_APP = (
    "the config for your app is missing an app name, add an app field to the fly.toml file "
    "or specify with the -a flag"
)
_ALWAYS = "access-token=t verbose debug help/h"


class Command(NamedTuple):
    """A command: where its function is, its flags (`name=` takes a value), its arguments."""

    where: str
    flags: str
    fewest: int = 0
    most: int = 0


class Line(NamedTuple):
    """A parsed command line."""

    flags: Mapping[str, Sequence[str]]
    arguments: Sequence[str]

    def has(self, name: str) -> bool:
        """Tell whether a boolean flag is set; `--x=false` unsets it."""
        return self.value(name, "false") not in {"false", "0", "f"}

    def value(self, name: str, default: str = "") -> str:
        """Return a flag's last value."""
        return self.flags[name][-1] if self.flags.get(name) else default

    def app(self) -> str:
        """Return the app's name: flag, environment, or the fly.toml that is used."""
        named = self.value("app") or os.environ.get("FLY_APP", "")
        if named:
            return named
        path = self.value("config", "fly.toml")
        found = flytoml.read(path) if Path(path).exists() else {}
        if not found.get("app"):
            raise CommandError(NO_APP)
        return str(found["app"])


def parse(argv: Sequence[str], *, commands: Mapping[str, Command]) -> tuple[Command, Line]:
    """Find the command and read its flags; unknown ones fail as flyctl's do."""
    words = [word for word in argv if not word.startswith("-")]
    name = next((n for n in (" ".join(words[:3]), " ".join(words[:2])) if n in commands), "")
    name = name or (words[0] if words and words[0] in commands else "")
    if not name:
        raise CommandError(_unknown(words, argv, commands=commands))
    command, rest = commands[name], list(argv)
    for word in name.split():
        rest.remove(word)
    flags, arguments = _read(rest, long=_long(command), short=_short(command))
    if not command.fewest <= len(arguments) <= command.most:
        raise CommandError(_miscounted(command, len(arguments)))
    return command, Line(flags, arguments)


def _unknown(words: Sequence[str], argv: Sequence[str], *, commands: Mapping[str, Command]) -> str:
    if not words:
        return f"unknown flag: {argv[0]}" if argv else "a command is needed"
    if len(words) > 1 and any(name.startswith(f"{words[0]} ") for name in commands):
        return f'unknown command "{words[1]}" for "flyctl {words[0]}"'
    return f'unknown command "{words[0]}" for "flyctl"'


def _miscounted(command: Command, count: int) -> str:
    if command.fewest == command.most:
        return f"accepts {command.most} arg(s), received {count}"
    if count < command.fewest:
        return f"requires at least {command.fewest} arg(s), only received {count}"
    return f"accepts at most {command.most} arg(s), received {count}"


def _specs(command: Command) -> list[tuple[str, str, bool]]:
    found = []
    for spec in f"{command.flags} {_ALWAYS}".split():
        takes = "=" in spec
        name, _, letter = spec.replace("=", "/").partition("/")
        found.append((name, letter, takes))
    return found


def _long(command: Command) -> dict[str, bool]:
    return {name: takes for name, _, takes in _specs(command)}


def _short(command: Command) -> dict[str, str]:
    return {letter: name for name, letter, _ in _specs(command) if letter}


def _read(
    words: list[str], *, long: Mapping[str, bool], short: Mapping[str, str]
) -> tuple[dict[str, list[str]], list[str]]:
    flags: dict[str, list[str]] = {}
    arguments: list[str] = []
    while words:
        word = words.pop(0)
        if word == "--":
            return flags, arguments + words
        if not word.startswith("-") or word == "-":
            arguments.append(word)
            continue
        name, value = _named(word, short=short)
        if name not in long:
            raise CommandError(f"unknown flag: --{name}")
        if value is None and long[name]:
            if not words:
                raise CommandError(f"flag needs an argument: {word}")
            value = words.pop(0)
        flags.setdefault(name, []).append("true" if value is None else value)
    return flags, arguments


def _named(word: str, *, short: Mapping[str, str]) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        return name, value if equals else None
    letter, rest = word[1], word[2:].removeprefix("=")
    if letter not in short:
        raise CommandError(f"unknown shorthand flag: '{letter}' in {word}")
    return short[letter], rest or None
