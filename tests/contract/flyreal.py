"""The real flyctl that FLYCTL names, in the world that the environment gives it.

`CONTRACT_IMAGES` names images to deploy, as `TAG=REFERENCE` pairs with spaces between them. The
tags are those of flyhost.IMAGES: deployment-01 and deployment-02 serve, crash exits at once,
unhealthy never listens, sick fails its checks. Without it, the images of the recorded runs are
tried; a test whose image the registry does not have is skipped.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from staging.clouds.fly import QUIET
from tests.contract import flyplay
from tests.contract.flyworlds import FlyHost


def named(environ: Mapping[str, str] = os.environ) -> str:
    """What FLYCTL names, unless that is the stand-in itself; empty without one."""
    given = environ.get("FLYCTL", "")
    found = shutil.which(given) if given else None
    return "" if found and Path(found).resolve() == flyplay.FLYCTL.resolve() else given


def host(folder: Path, environ: Mapping[str, str] = os.environ) -> FlyHost:
    """The real program with the environment's own world; its configuration kept in the folder."""
    found = shutil.which(named(environ))
    assert found, f"FLYCTL names {named(environ)!r}, which is no program"
    environment = dict(environ)
    access = environment.pop("FLY_ACCESS_TOKEN", "")
    token = access or environment.get("FLY_API_TOKEN", "")
    # A login left in ~/.fly is not leave to make apps with it.
    assert token, "FLYCTL names a program, but neither FLY_ACCESS_TOKEN nor FLY_API_TOKEN is given"
    environment |= {**QUIET, "FLY_API_TOKEN": token}
    environment.setdefault("FLY_CONFIG_DIR", str(folder))
    environment.pop("FLY_APP", None)
    organisation = environment.pop("FLY_ORG", "") or _first_organisation(found, environment)
    return FlyHost(
        program=Path(found),
        name=f"flyctl {_version(found, environment)}",
        environment=environment,
        organisation=organisation,
        images=dict(_images(environ.get("CONTRACT_IMAGES", ""))),
    )


def app_name() -> str:
    """A name that no earlier app has, and by which a leftover can be known."""
    return f"contract-{secrets.token_hex(5)}"


def _images(given: str) -> Iterator[tuple[str, str]]:
    for pair in given.split():
        tag, equals, reference = pair.partition("=")
        assert equals, f"CONTRACT_IMAGES holds {pair!r}, which is not TAG=REFERENCE"
        yield tag, reference


def _first_organisation(program: str, environment: dict[str, str]) -> str:
    return str(next(iter(json.loads(_asked(program, environment, "orgs", "list", "--json")))))


def _version(program: str, environment: dict[str, str]) -> str:
    found = re.search(r"v\d+(\.\d+)+", _asked(program, environment, "version"))
    return found[0] if found else "of unknown version"


def _asked(program: str, environment: dict[str, str], *argv: str) -> str:
    return subprocess.run(
        [program, *argv], env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout
