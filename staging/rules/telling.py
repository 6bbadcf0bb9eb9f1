"""Whom an alarm may be told to, and what it says."""

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from staging.rules.alerts import Event
from staging.settings import Settings

ANYWHERE, LOOPBACK = "anywhere", "loopback"


def why_not(settings: Settings, url: str) -> str:
    """Why nothing may be posted there; nothing if it may. Told without the address: it is secret.

    A target that is not somebody's real environment alarms nobody: what it may tell ends on this
    computer, by the number of its address, so that no name can lead elsewhere.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not host:
        return "STAGING_ALERT_WEBHOOK is no http(s) address"
    production = settings.production
    if host in {f"{production.app}.fly.dev", *map(str.lower, production.domains)}:
        return "STAGING_ALERT_WEBHOOK is production's own address, which is only read"
    if settings.target.notify != ANYWHERE and not _of_this_computer(host):
        return f"the target {settings.target.name} alarms nobody but this computer ([targets])"
    if parts.scheme == "http" and not _of_this_computer(host):
        return "STAGING_ALERT_WEBHOOK is not encrypted (https)"
    return ""


def message(settings: Settings, event: Event) -> dict[str, Any]:
    """What is posted; `text` is for whoever shows only that, as chat rooms do."""
    alert, rule = event.alert, event.alert.rule
    state = "fired" if event.fired else "cleared"
    value = "not known" if alert.value is None else f"{alert.value:g}"
    return {
        "text": f"{settings.staging.app}: {rule.name} {state}: {rule.figure} is {value}"
        f" (alarm {rule.limit})",
        "alert": rule.name,
        "state": state,
        "figure": rule.figure,
        "value": alert.value,
        "limit": rule.limit,
        "target": settings.target.name,
        "app": settings.staging.app,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _of_this_computer(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
