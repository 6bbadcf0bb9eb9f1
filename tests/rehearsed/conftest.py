"""Rehearsals that the tests of one module share."""

from collections.abc import Iterator

import pytest

from tests.rehearsed.checkout import Checkout, checkout


@pytest.fixture(scope="module")
def provisioned() -> Iterator[Checkout]:
    """A checkout whose mirror has been built."""
    with checkout() as made:
        done = made.run("invoke", "provision")
        assert done.returncode == 0, done.stderr + done.stdout
        yield made
