"""Examples of each endpoint, as schemathesis makes them up from the document; the same each time.

The one module that needs it. Nothing is sent here, so that what comes next does not depend on what
was answered.
"""

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from smoke.fuzz.examples import Example, example
from smoke.fuzz.harmless import MALFORMED, ONLY_MALFORMED, tamed
from smoke.fuzz.oddities import oddities
from smoke.openapi import document
from staging.errors import ServiceFailed

SPARE = 3
"""As many are made for each that is wanted: many turn out to be the same."""


class Generator:
    """Makes examples up."""

    def __init__(self, *, seed: int, domain: str | None) -> None:
        try:
            import hypothesis.configuration
            import schemathesis
        except ImportError as error:
            raise ServiceFailed(
                f"{error.name} is not installed in {Path(sys.executable).name}'s environment.",
                remedy="`nox -s smoke -- --fuzz` installs it from requirements-fuzz.txt.",
            ) from None
        # Beside the packages, as a checkout may be read-only.
        hypothesis.configuration.set_hypothesis_home_dir(Path(sys.prefix, "hypothesis"))
        self._seed, self._domain = seed, domain
        self._schema = schemathesis.openapi.from_dict(_open(document()))
        self._schema.validate()

    def examples(self, request: str, *, most: int) -> Sequence[Example]:
        """Up to so many of one endpoint that are as promised, half as many not, as many odd."""
        if request in ONLY_MALFORMED:
            return [
                example(request, ids={}, query={}, body=raw, regular=False) for raw in MALFORMED
            ]
        regular = self._made(request, regular=True, most=most)
        wrong = self._made(request, regular=False, most=(most + 1) // 2)
        return [*regular, *wrong, *islice(oddities(request, domain=self._domain), most)]

    def _made(self, request: str, *, regular: bool, most: int) -> Sequence[Example]:
        cases = self._cases(request, regular=regular, most=most)
        made = [self._example(request, c, n, regular=regular) for n, c in enumerate(cases)]
        distinct = {repr(each): each for each in made if each.possible}
        return list(distinct.values())[:most]

    def _cases(self, request: str, *, regular: bool, most: int) -> list[Any]:
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis.errors import Unsatisfiable
        from schemathesis import GenerationMode

        method, path = request.split(" ")
        mode = GenerationMode.POSITIVE if regular else GenerationMode.NEGATIVE
        made: list[Any] = []
        bounded = settings(
            max_examples=most * SPARE,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        strategy = self._schema[path][method].as_strategy(generation_mode=mode)

        def keep(case: Any) -> None:  # noqa: ANN401 - its type is schemathesis's
            made.append(case)

        try:
            seed(self._seed)(bounded(given(case=strategy)(keep)))()
        except Unsatisfiable:
            return []  # nothing can be wrong with a request that has no parameters
        return made

    def _example(self, request: str, case: Any, number: int, *, regular: bool) -> Example:  # noqa: ANN401 - likewise
        from schemathesis.core import NOT_SET

        body = None if case.body is NOT_SET else case.body
        if case.body is None:
            body = b"null"
        body = tamed(request, body, number=number, domain=self._domain)
        return example(
            request,
            ids=case.path_parameters or {},
            query=case.query or {},
            body=body,
            regular=regular,
        )


def _open(found: dict[str, Any]) -> dict[str, Any]:
    """The document without its locks: tokens are not made up here."""
    for methods in found["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return found
