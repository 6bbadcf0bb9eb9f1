"""The plan's rows for certificates: where staging answers at a hostname of its own."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from staging.rules.resources import Found, Row, Wanted

FLY = "fly.dev"


def hostnames(url: str | None) -> tuple[str, ...]:
    """The hostnames of an address that take a certificate of their own: none, or one.

    Fly's own names have Fly's certificate; no authority gives one for an address, or for a name
    without a domain such as localhost.
    """
    host = (urlsplit(url or "").hostname or "").rstrip(".")
    domain = host.partition(".")[2]
    if not domain or f".{host}".endswith((f".{FLY}", ".localhost")) or _address(host):
        return ()
    return (host,)


def rows(wanted: Wanted, found: Found) -> Iterator[Row]:
    """One row for each hostname; one that says why there is none where production has some."""
    for hostname in wanted.hostnames:
        yield _row(hostname, found)
    if wanted.domains:
        many = f"{wanted.domains} domain{'s' if wanted.domains > 1 else ''} of its own"
        yield Row(
            "certificate", "nothing", f"staging answers at Fly's own name; production has {many}"
        )


def findings(wanted: Wanted, found: Found) -> tuple[str, ...]:
    """What DNS has to tell before Fly can issue what is wanted."""
    ready = {each.hostname for each in found.certificates if each.ready}
    return tuple(record(name, wanted.app) for name in wanted.hostnames if name not in ready)


def record(hostname: str, app: str) -> str:
    """The DNS record that leads a hostname to an app."""
    return (
        f"{hostname} awaits DNS: set CNAME {hostname} → {app}.{FLY} (where the domain's provider "
        "takes no CNAME: A and AAAA, as `flyctl ips list` says); then Fly issues its certificate"
    )


def _row(hostname: str, found: Found) -> Row:
    name = f"certificate {hostname}"
    there = [each for each in found.certificates if each.hostname == hostname]
    if not there:
        return Row(name, "create", "asked for; issued once DNS leads there")
    return Row(name, "nothing", "ready" if there[0].ready else "asked for; awaiting DNS")


def _address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
