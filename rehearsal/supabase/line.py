"""A command line of supabase, and how it answers and fails."""

import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

ALWAYS = {
    "agent": True,
    "output-format": True,
    "o": True,
    "output": True,
    "workdir": True,
    "profile": True,
    "dns-resolver": True,
    "yes": False,
    "debug": False,
    "experimental": False,
    "version": False,
    "help": False,
}
DEBUG = "Try rerunning the command with --debug to troubleshoot the error."


class SupabaseError(Exception):
    """A failure with the code that supabase gives it."""

    def __init__(self, code: str, message: str, *, suggestion: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.suggestion = code, message, suggestion

    def tell(self, *, target: object, as_json: bool) -> None:
        """Say it on stdout as JSON, or on stderr as text."""
        if not as_json:
            print(f"{self.message}\n{self.suggestion or DEBUG}", file=sys.stderr)
            return
        error = {"code": self.code, "message": self.message}
        if self.suggestion:
            error["suggestion"] = self.suggestion
        head = {"target": target} if target else {}
        print(compact({**head, "_tag": "Error", "error": error}))


def one_of(flag: str, value: str, known: Collection[str]) -> None:
    """Refuse a flag's value that is none of those known."""
    if value not in known:
        expected = " | ".join(f'"{each}"' for each in sorted(known))
        text = f'Invalid value for flag --{flag}: "{value}". Expected: {expected}'
        raise SupabaseError("InvalidValue", text)


class Line(NamedTuple):
    """A parsed command line, and the target that its command has found."""

    name: str
    words: Sequence[str]
    flags: Mapping[str, str]
    target: dict[str, Any]

    @property
    def as_json(self) -> bool:
        """Whether stdout is to be one JSON document."""
        return self.flags.get("output-format") == "json"

    @property
    def raw(self) -> bool:
        """Whether stdout is to be what the interface said."""
        return "json" in (self.flags.get("o"), self.flags.get("output"))

    @property
    def folder(self) -> str:
        """The folder that holds `supabase/`."""
        return self.flags.get("workdir", ".")

    @property
    def label(self) -> str:
        """The target as a sentence names it."""
        found = self.target
        if found.get("kind") == "db-url":
            return f"custom Postgres ({found['host']}:{found['port']})"
        if "project_name" in found:
            return f"project {found['project_name']} ({found['project_ref']}) · production"
        return f"project {found['project_ref']}"

    def has(self, name: str) -> bool:
        """Whether a flag is set."""
        return self.flags.get(name, "false") not in {"false", ""}

    def consent(self, what: str, *, suggestion: str = "") -> None:
        """A change in the cloud needs --yes, or SUPABASE_YES."""
        by_flag = self.has("yes")
        if by_flag or os.environ.get("SUPABASE_YES", "").lower() in {"1", "true"}:
            given = "--yes" if by_flag else "SUPABASE_YES"
            where = f" on {self.label}" if self.target else ""
            print(f"Confirmed by {given}: {what}{where}", file=sys.stderr)
            return
        where = f" (target: {self.label})" if self.target else ""
        because = "its output format is json" if self.as_json else "stdout is not a terminal"
        raise SupabaseError(
            "HostedMutationConsentRequiredError",
            f"Confirmation required: {what}{where}. This run can't ask because {because}. "
            "Nothing was changed.",
            suggestion=suggestion or "Re-run with --yes to confirm.",
        )

    def answer(self, found: Mapping[str, Any], *, message: str = "", text: str = "") -> None:
        """The result, with its message and target as JSON, or what a person reads."""
        if self.as_json:
            target = {"target": self.target} if self.target else {}
            print(compact({**found, "message": message, **target}))
        elif text:
            print(text)


def compact(found: object) -> str:
    """JSON as supabase writes it; text stays as it is."""
    if isinstance(found, str):
        return found
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


def pretty(found: object) -> str:
    """JSON as supabase writes what an interface said."""
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)


Commands = Mapping[str, tuple[str, Mapping[str, bool]]]


def parse(argv: Sequence[str], *, commands: Commands) -> Line:
    """Find the command and read its flags; a flag's value says whether it takes one."""
    plain = _plain(argv, {name for _, own in commands.values() for name in own if own[name]})
    names = (" ".join(plain[:3]), " ".join(plain[:2]), " ".join(plain[:1]))
    name = next((each for each in names if each in commands), "")
    if not name and not {"--version", "-v"} & set(argv):
        raise _unknown(plain, commands)
    own = commands[name][1] if name else {}
    words, flags = _read(argv, {**ALWAYS, **own}, name)
    return Line(name, words[len(name.split()) :], flags, {})


def _plain(argv: Sequence[str], valued: set[str]) -> list[str]:
    """The words that are neither flags nor values of flags."""
    takes_one = valued | {name for name, value in ALWAYS.items() if value}
    found, skip = [], False
    for word in argv:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = word.lstrip("-") in takes_one
        else:
            found.append(word)
    return found


def _unknown(plain: Sequence[str], commands: Commands) -> SupabaseError:
    groups = {" ".join(name.split()[:n]) for name in commands for n in (1, 2)} - set(commands)
    parent = next((" ".join(plain[:n]) for n in (2, 1) if " ".join(plain[:n]) in groups), "")
    wrong = [*plain, ""][len(parent.split())]
    of = " ".join(["supabase", parent]).strip()
    return SupabaseError("UnknownSubcommand", f'Unknown subcommand "{wrong}" for "{of}"')


def _read(
    argv: Sequence[str], known: Mapping[str, bool], command: str
) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    flags: dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            words.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        name = {"v": "version", "h": "help", "f": "file"}.get(name, name)
        if name not in known:
            where = f"supabase {command}"
            raise SupabaseError(
                "UnrecognizedOption", f"Unrecognized flag: {word} in command {where}"
            )
        if not equals and known[name]:
            if not rest:
                raise SupabaseError("MissingOptionValue", f"Missing value for flag: {word}")
            value = rest.pop(0)
        flags[name] = value if known[name] or equals else "true"
    return words, flags
