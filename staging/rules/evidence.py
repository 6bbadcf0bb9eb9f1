"""Whether what staging proved is good enough for production: fresh, whole, of this image. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from staging.inventory import Subject

AHEAD = timedelta(minutes=5)
"""How far the clock of another machine may be before ours."""

State = Literal["good", "missing", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One report as it counts. What is missing can be consented to; what is refused can not."""

    name: str
    state: State
    told: str
    at: str = ""


def weigh(
    name: str,
    found: Mapping[str, Any] | None,
    *,
    of: Subject,
    now: datetime,
    fresh_hours: float,
) -> Evidence:
    """A report (as its JSON; None if there is none) as evidence for the image that `of` names."""
    if found is None:
        how = COMMANDS.get(name, f"invoke {name}")
        return Evidence(name=name, state="missing", told=f"there is none: run `{how}`")
    at = made_at(found)
    wanted = {"target": of.target, "app": of.app, "digest": of.digest}
    if why := _verdict(found) or unfit(name, found, of=wanted, now=now, fresh_hours=fresh_hours):
        return Evidence(name=name, state="refused", told=why, at=at)
    return Evidence(name=name, state="good", told="pass, fresh, for this very image", at=at)


def unfit(
    name: str,
    found: Mapping[str, Any],
    *,
    of: Mapping[str, str],
    now: datetime,
    fresh_hours: float,
) -> str:
    """Why a report says nothing, good or bad, of what `of` names as it is now; "" if it does."""
    stale = partial(_stale, found, made_at(found), now, fresh_hours)
    return _foreign(found, of) or _part(name, found) or stale()


def made_at(found: Mapping[str, Any]) -> str:
    """When the report says that it was made."""
    return str(found.get("at") or found.get("started_at") or "")


COMMANDS = {
    "smoke": "nox -s smoke",
    "load": "nox -s load",
    "migrations": "invoke migrations.rehearse",
}


def _verdict(found: Mapping[str, Any]) -> str:
    verdict = found.get("verdict")
    return "" if verdict == "pass" else f"its verdict is {verdict}"


def _foreign(found: Mapping[str, Any], of: Mapping[str, str]) -> str:
    subject = found.get("subject")
    if not isinstance(subject, Mapping):
        return "it does not say which image it is of: it was not run on the target"
    for key, wanted in of.items():
        if subject.get(key) != wanted:
            return f"it is of another {key}: {subject.get(key)}, not {wanted}"
    return ""


def _part(name: str, found: Mapping[str, Any]) -> str:
    if name == "smoke" and found.get("mode") != "full":
        return f"it is of smoke --{found.get('mode')}, which is not the whole"
    return "it is of a run that was cut short" if found.get("partial") else ""


def _stale(found: Mapping[str, Any], at: str, now: datetime, fresh_hours: float) -> str:
    certificate = found.get("certificate") or {}
    try:
        made = datetime.fromisoformat(at)
        until = made + timedelta(hours=fresh_hours)
        if told := certificate.get("valid_until"):
            until = min(until, datetime.fromisoformat(told))
        early, late = made > now + AHEAD, now > until
    except (ValueError, TypeError):
        return f"its time cannot be read: {at!r}"
    if early:
        return f"it is of {at}, which has not come yet"
    return f"it is of {at}, and held until {until:%Y-%m-%dT%H:%M%z}" if late else ""
