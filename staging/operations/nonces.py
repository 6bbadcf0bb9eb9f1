"""Write in staging what nobody else would write, look for it in production, take it away again.

Production is only read. What a killed run left is taken away by the next.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from staging.clouds import permission, postgres, process, tokens, traces
from staging.errors import ServiceFailed
from staging.inventory import App, StoredSecret
from staging.operations import reach
from staging.operations.bothsides import BothSides, known
from staging.rules.crossing import Mark, Tried
from staging.rules.isolation import Unknown
from staging.secret import Secret

T = TypeVar("T")
ARRIVAL = 1.0  # seconds that what is replicated may be under way
LABEL = "Isolation check"
PROFILE = "/v1/auth/profile"
CONTROL = "STAGING_ISOLATION_CONTROL_"
"""The beginning of the names of secrets that are staged to see their digest, then taken back."""


def through_the_api(seen: BothSides) -> Mark:
    """The smoke user's name, changed by staging's application, then as it was."""
    if "PATCH /v1/auth/profile" not in (only := seen.clouds.settings.smoke_only) and only:
        raise ServiceFailed("staging.toml leaves the profile out, which would be written.")
    app, token = known(seen.staging.app), known(seen.staging.token)
    api = tokens.bearer(reach.application_url(seen.clouds, app), token)
    before = _name(api.expect("GET", PROFILE))
    former = "Smoke" if before is None or before.startswith(LABEL) else before
    nonce = f"{LABEL} {secrets.token_hex(8)}"
    try:
        api.expect("PATCH", PROFILE, body={"first_name": nonce})
        return _sought(seen, nonce)
    finally:
        _taken_back(lambda: api.expect("PATCH", PROFILE, body={"first_name": former}))


def through_the_database(seen: BothSides) -> Mark:
    """A table of our own with one row, in staging's database."""
    nonce = secrets.token_hex(16)
    theirs, ours = known(seen.production.where), known(seen.staging.where)
    with postgres.connect(theirs, read_only=True) as production:
        _refuse_a_replica(seen)
        try:
            with postgres.connect(ours, read_only=False) as staging:
                permission.refuse_server(postgres.server(staging), postgres.server(production))
                traces.mark(staging, nonce)
            with postgres.connect(ours, read_only=True) as staging:
                written = traces.marked(staging, nonce)
            crossed = _arrives(partial(traces.marked, production, nonce))
        finally:
            _taken_back(lambda: _unmark(seen))
    name = ("staging_isolation.marker",)
    return Mark(staging=name if written else (), production=name if crossed else ())


def of_digests(seen: BothSides) -> str:
    """How it was seen that a value has one digest in both apps, by one that production holds.

    The value is staged in staging, never deployed, and taken back.
    """
    clouds, app = seen.clouds, seen.clouds.settings.staging.app
    theirs = {s.digest: s.name for s in known(seen.production.secrets)}
    clear_control(seen)
    values = dict(zip((f"{CONTROL}{n}" for n in (1, 2)), _productions(seen), strict=False))
    try:
        clouds.fly.stage_secrets(app, values)
        staged = [s for s in clouds.fly.secrets(app) if s.name in values]
    finally:
        _taken_back(lambda: clouds.fly.unstage_secrets(app, values))
    for each in staged:
        if each.digest in theirs:
            return f"a value that production holds as {theirs[each.digest]} has its digest here too"
    raise ServiceFailed("no value that production is known to hold has one of its digests here.")


def clear_control(seen: BothSides) -> None:
    """Take back what a killed run had staged."""
    found = () if isinstance(seen.staging.secrets, Unknown) else seen.staging.secrets
    if left := [secret.name for secret in found if is_control(secret)]:
        seen.clouds.fly.unstage_secrets(seen.clouds.settings.staging.app, left)


def is_control(secret: StoredSecret) -> bool:
    """Whether a secret is one of ours."""
    return secret.name.startswith(CONTROL)


def stagings_token(seen: BothSides) -> Tried:
    """What both applications answer to a token that staging's Auth issued."""
    return _tried(
        seen, issued=seen.staging.token, home=seen.staging.app, abroad=seen.production.app
    )


def productions_token(seen: BothSides) -> Tried:
    """The same with one that production's Auth issued, if we were given one."""
    return _tried(
        seen, issued=seen.production.token, home=seen.production.app, abroad=seen.staging.app
    )


def _tried(
    seen: BothSides, *, issued: Secret | Unknown, home: App | Unknown, abroad: App | Unknown
) -> Tried:
    token, at_home, there = known(issued), _answers(seen, home), _answers(seen, abroad)
    first = tokens.bearer(at_home, token).call("GET", PROFILE).status
    return Tried(
        path=PROFILE, home=first, abroad=tokens.bearer(there, token).call("GET", PROFILE).status
    )


def _answers(seen: BothSides, app: App | Unknown) -> str:
    found = known(app)
    if app is seen.staging.app:
        return reach.application_url(seen.clouds, found)
    return found.url


def _sought(seen: BothSides, nonce: str) -> Mark:
    """Where staging has it, and whether production has it there; anywhere, if staging has not."""
    with postgres.connect(known(seen.staging.where), read_only=True) as staging:
        ours = traces.holding(staging, nonce)
    _refuse_a_replica(seen)
    with postgres.connect(known(seen.production.where), read_only=True) as production:
        theirs = _arrives(partial(traces.holding, production, nonce, ours or None))
    return Mark(staging=_told(ours), production=_told(theirs))


def _arrives(look: Callable[[], T]) -> T:
    """What is found at once, or once replication has had its time."""
    found = look()
    if not found:
        time.sleep(ARRIVAL)
        found = look()
    return found


def _told(found: list[traces.Column]) -> tuple[str, ...]:
    return tuple(".".join(column) for column in found)


def _refuse_a_replica(seen: BothSides) -> None:
    if known(seen.production.database).replica:
        raise ServiceFailed(
            "PRODUCTION_DATABASE_URL leads to a replica, where what is written arrives later."
        )


def _unmark(seen: BothSides) -> None:
    with postgres.connect(known(seen.staging.where), read_only=False) as staging:
        traces.unmark(staging)


def _name(profile: Any) -> str | None:  # noqa: ANN401 - the application's JSON
    """The user's first name; an answer of another form has no place to write to."""
    try:
        found = profile["data"]["user"]["first_name"]
    except (KeyError, TypeError):
        raise ServiceFailed(f"GET {PROFILE} answered in an unknown form.") from None
    return found if isinstance(found, str) else None


def _productions(seen: BothSides) -> Iterator[str | Secret]:
    """Values that production has by all we know, and that everybody may see."""
    found = known(seen.production.project)
    yield reach.found_url(seen.clouds, found)
    yield seen.clouds.supabase.keys(found.ref)["publishable"]


def _taken_back(action: Callable[[], object]) -> None:
    """Do it even if the run was interrupted; what fails here is cleared by the next run."""
    with process.tidying(), suppress(ServiceFailed):
        action()
