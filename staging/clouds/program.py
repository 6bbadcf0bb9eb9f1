"""A command line program with its environment, and its answers as JSON."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from staging.clouds import process
from staging.clouds.complaints import explained
from staging.errors import CommandFailed
from staging.secret import Secret


@dataclass(frozen=True, slots=True)
class Program:
    """An executable, and the whole environment that it is given."""

    path: str
    env: Mapping[str, str | Secret]

    def run(
        self,
        *words: str,
        timeout: float,
        stdin: Secret | None = None,
        hide: Collection[Secret] = (),
        show: Callable[[str], None] | None = None,
    ) -> process.Output:
        """Run it to its end; a failure comes out with its meaning and its remedy."""
        argv = [self.path, *words]
        try:
            return process.run(
                argv, timeout=timeout, env=self.env, stdin=stdin, hide=hide, show=show
            )
        except CommandFailed as error:
            raise explained(error) from error

    def json(self, *words: str, timeout: float) -> Any:  # noqa: ANN401 - each caller knows the form
        """What it prints on stdout, parsed."""
        output = self.run(*words, timeout=timeout).stdout
        try:
            return json.loads(output)
        except ValueError as error:
            raise self.unknown_form(words, error, output) from error

    def with_env(self, env: Mapping[str, str | Secret]) -> "Program":
        """The same program with more in its environment."""
        return replace(self, env={**self.env, **env})

    def unknown_form(
        self, words: Collection[str], error: Exception, output: str = ""
    ) -> CommandFailed:
        """The error for an answer that is not of the form this version of ours reads."""
        name = self.path.rsplit("/", 1)[-1]
        return CommandFailed(
            f"{name} {' '.join(list(words)[:2])} answered in an unknown form.",
            detail=f"{error!r} in an answer of {len(output)} characters" if output else repr(error),
            remedy="Run `invoke doctor`: it says which versions are known to work.",
        )


def version(text: str) -> tuple[int, ...]:
    """The first dotted number in a text, such as (3, 1, 0)."""
    found = re.search(r"\d+(\.\d+)+", text)
    return tuple(map(int, found[0].split("."))) if found else ()
