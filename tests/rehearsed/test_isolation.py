"""`invoke isolation`: a mirror is apart from production, and each way of not being so is found."""

import json
from typing import Any

from tests.rehearsed.checkout import Checkout


def proofs(mirror: Checkout, **variables: str) -> dict[str, Any]:
    done = mirror.run("invoke", "isolation", "--json", env=variables)
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == {"pass": 0, "fail": 1, "invalid": 6}[found["verdict"]]
    return found


def test_a_mirror_is_isolated(provisioned: Checkout) -> None:
    done = provisioned.run("invoke", "isolation")
    print(done.stdout, done.stderr)
    assert done.returncode == 0
