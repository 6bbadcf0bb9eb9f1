"""Where TLS is asked for, and how long a certificate holds."""

from datetime import UTC, datetime

import pytest

from smoke.tls import Certificate, Place, local, place


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost", True),
        ("http://app.localhost:80", True),
        ("http://0.0.0.0", False),
        ("http://staging.example", False),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_only_this_machine_may_do_without_tls(url: str, is_local: bool) -> None:
    assert local(url) is is_local


def test_the_ports_are_those_of_the_web_unless_others_are_named() -> None:
    assert place("https://a.example", {}) == Place(host="a.example", port=443, plain=80)
    named = {"SMOKE_PLAIN_PORT": "8080"}
    assert place("https://a.example:8443", named).port == 8443
    assert place("https://a.example:8443", named).plain == 8080


def test_a_certificate_that_has_expired_has_less_than_no_days() -> None:
    shown = Certificate(until=datetime(2026, 1, 1, tzinfo=UTC))
    assert shown.days_left(datetime(2025, 12, 18, tzinfo=UTC)) == 14
    assert shown.days_left(datetime(2026, 1, 2, tzinfo=UTC)) == -1
