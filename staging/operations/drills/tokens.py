"""The drill in which a token passes its expiry."""

import time

from staging.clouds.http import Service
from staging.errors import StagingError
from staging.inventory import AUTH
from staging.operations.drills import accounts
from staging.operations.drills.accounts import Account
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.steps import until
from staging.secret import Secret

SHORT = 6  # seconds that a token is good for
TAKES_EFFECT = 60.0
LEEWAY = 65.0
"""Seconds past its expiry at which a token must be refused: clocks may differ by a minute."""


def expired(scene: Scene) -> None:
    """A token as Auth makes them, but for its short life."""
    services, project = scene.clouds.supabase.services(), scene.project
    usual = services.read(project).groups.get(AUTH, {}).get("jwt_exp")
    if not isinstance(usual, int):
        raise StagingError("How long Supabase Auth's tokens are good for cannot be read.")
    scene.journal.will("auth", jwt_exp=usual)
    services.apply(project, AUTH, {"jwt_exp": SHORT})
    account = _short_lived(scene)
    status = _profile(scene, account)
    scene.check("it is accepted before its expiry", seen=status == 200, told=f"status {status}")
    time.sleep(max(0.0, account.expires - time.time()))
    scene.begin()
    status = _refused(scene, account)
    past = round(time.time() - account.expires, 1)
    scene.sign()
    scene.figures["seconds past its expiry"] = past
    told = f"status {status}, {past} s past its expiry"
    scene.check("it is refused with 401 after its expiry", seen=status == 401, told=told)
    done, failed = scene.journal.back(scene.clouds, kind="auth")
    scene.check("tokens live as before", seen=not failed, told="; ".join((*done, *failed)))
    fresh = accounts.signed_in(scene.clouds, project, others=False)[0]
    status = _profile(scene, fresh)
    scene.check("a fresh sign-in works", seen=status == 200, told=f"status {status}")
    scene.figures["seconds until a fresh sign-in worked"] = round(scene.traffic.seconds(), 2)
    scene.recovers()
    lost = scene.measured().lost
    scene.check("no other request was lost", seen=not lost, told=f"{lost} lost")


def _short_lived(scene: Scene) -> Account:
    """Auth may take a moment to know its new setting."""
    found: list[Account] = []

    def look() -> str | None:
        found[:] = accounts.signed_in(scene.clouds, scene.project, others=False)
        left = found[0].expires - time.time()
        return None if left <= SHORT + 1 else f"good for {left:.0f} s"

    until(look, what="A token of a short life", limit=TAKES_EFFECT)
    return found[0]


def _refused(scene: Scene, account: Account) -> int:
    while True:
        status = _profile(scene, account)
        if status != 200 or time.time() > account.expires + LEEWAY:
            return status
        time.sleep(0.5)


def _profile(scene: Scene, account: Account) -> int:
    bearer = Secret(f"Bearer {account.token.reveal()}")
    service = Service(scene.url, {"Authorization": bearer})
    return service.call("GET", "/v1/auth/profile", timeout=15).status


DRILLS = (
    Drill(
        name="token-expired",
        does=f"lets Supabase Auth make a token that is good for {SHORT} s, and waits",
        expects="it is accepted, then refused with 401; a fresh sign-in works",
        happen=expired,
        jobs=False,
    ),
)
