"""What may be put under load: environments that staging.toml declares, production only gently."""

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from loadtests.address import is_loopback, permitted
from loadtests.order import Order
from loadtests.profile import GENTLE
from staging.errors import Refused
from staging.settings import Settings


def target(order: Order, settings: Settings) -> str:
    """The base URL that the order means, or Refused."""
    production = {f"{settings.production.app}.fly.dev", *settings.production.domains}
    if order.against:
        return _gently(order, settings, {name.lower() for name in production})
    staging = order.staging if order.staging and declared(order.staging, settings) else None
    return permitted(order.url, staging=staging, production=production)


def checked(order: Order, settings: Settings) -> dict[str, object]:
    """What the order would do if it were carried out, or Refused."""
    url, profile = target(order, settings), order.profile.name
    told = {"rate": order.rate, "seconds": order.seconds, "users": order.users}
    return {"url": url, "profile": profile, "workers": order.workers, **told}


def beside(order: Order, settings: Settings) -> str:
    """The base URL of the target that takes turns with it, or Refused: never production."""
    production = {f"{settings.production.app}.fly.dev", *settings.production.domains}
    own = order.compare if declared(order.compare, settings) else None
    return permitted(order.compare, staging=own, production=production)


def declared(url: str, settings: Settings) -> bool:
    """Whether staging.toml makes it staging, a preview of it, or a host that may be loaded."""
    host = _host(url)
    app = settings.staging.app
    own = _host(settings.staging.url or "")
    known = {f"{app}.fly.dev", own, *settings.load.hosts} - {""}
    return is_loopback(host) or host in known or fnmatchcase(host, f"{app}-*.fly.dev")


def _gently(order: Order, settings: Settings, production: set[str]) -> str:
    app, profile = settings.production.app, order.profile
    if profile.name != GENTLE or not profile.reads:
        raise Refused(f"Production is put under the profile {GENTLE} alone.")
    if order.consent != app:
        raise Refused(
            "Production is put under load only by consent.",
            detail=f"{profile.rate:g} requests a second for {profile.seconds:g} s, reads alone.",
            remedy=f"Add --consent {app} if that is meant.",
        )
    host = _host(order.url)
    if host not in production and not is_loopback(host):
        raise Refused(
            f"{host} is not production.", remedy="Set PRODUCTION_BASE_URL to its address."
        )
    return permitted(order.url, staging=order.url, production=())


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
