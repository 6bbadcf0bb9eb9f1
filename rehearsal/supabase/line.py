"""A command line of supabase, and how it answers and fails."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

ALWAYS = {
    "agent": True,
    "output-format": True,
    "o": True,
    "output": True,
    "workdir": True,
    "profile": True,
    "yes": False,
    "debug": False,
    "experimental": False,
    "version": False,
    "help": False,
}


class SupabaseError(Exception):
    """A failure with the code that supabase gives it."""

    def __init__(
        self, code: str, message: str, *, suggestion: str = "", target: object = None
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.suggestion, self.target = code, message, suggestion, target

    def tell(self, *, as_json: bool) -> None:
        """Say it on stdout as JSON, or on stderr as text."""
        if not as_json:
            print("\n".join(filter(None, (self.message, self.suggestion))), file=sys.stderr)
            return
        error = {"code": self.code, "message": self.message}
        if self.suggestion:
            error["suggestion"] = self.suggestion
        head = {"target": self.target} if self.target else {}
        print(compact({**head, "_tag": "Error", "error": error}))


class Line(NamedTuple):
    """A parsed command line."""

    command: Callable[["Line"], None]
    words: Sequence[str]
    flags: Mapping[str, str]

    @property
    def as_json(self) -> bool:
        """Whether stdout is to be one JSON document."""
        return self.flags.get("output-format") == "json"

    def has(self, name: str) -> bool:
        """Whether a flag is set."""
        return self.flags.get(name, "false") not in {"false", ""}

    def consent(self, what: str, *, target: object = None, why: str = "") -> None:
        """A change in the cloud needs --yes, or SUPABASE_YES."""
        if self.has("yes") or os.environ.get("SUPABASE_YES", "").lower() in {"1", "true"}:
            print(f"Confirmed by --yes: {what}", file=sys.stderr)
            return
        because = "its output format is json" if self.as_json else "stdin is not a terminal"
        message = f"Confirmation required: {why or what}. This run can't ask because {because}."
        raise SupabaseError(
            "HostedMutationConsentRequiredError",
            f"{message} Nothing was changed.",
            suggestion="Re-run with --yes to confirm.",
            target=target,
        )

    def answer(self, found: Mapping[str, Any], *, text: str = "") -> None:
        """The result: JSON, or what a person reads."""
        print(compact(found) if self.as_json else text or compact(found))


def compact(found: object) -> str:
    """JSON as supabase writes it."""
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


Commands = Mapping[str, tuple[Callable[[Line], None], Mapping[str, bool]]]


def parse(argv: Sequence[str], *, commands: Commands) -> Line:
    """Find the command and read its flags; a flag's value says whether it takes one."""
    plain = [word for word in argv if not word.startswith("-")]
    names = (" ".join(plain[:3]), " ".join(plain[:2]), " ".join(plain[:1]))
    name = next((each for each in names if each in commands), "")
    if not name and "--version" not in argv:
        raise SupabaseError(
            "UnknownCommandError", f'unknown command "{" ".join(plain[:1])}" for "supabase"'
        )
    run, own = commands.get(name, (lambda _: None, {}))
    words, flags = _read(argv, {**ALWAYS, **own})
    return Line(run, words[len(name.split()) :], flags)


def _read(argv: Sequence[str], known: Mapping[str, bool]) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    flags: dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            words.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if name not in known:
            raise SupabaseError("UnknownFlagError", f"unknown flag: {word}")
        if not equals and known[name]:
            if not rest:
                raise SupabaseError("MissingFlagValueError", f"flag needs an argument: {word}")
            value = rest.pop(0)
        flags[name] = value if known[name] or equals else "true"
    return words, flags
