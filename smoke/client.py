"""Requests to the environment: permitted, in time, from an address of their own, judged."""

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from urllib3.exceptions import NewConnectionError

from smoke.again import Again, not_yet
from smoke.answer import Answer
from smoke.evidence import Evidence
from smoke.ledger import Ledger
from smoke.mode import Mode
from staging.rules.endpoints import guarded
from staging.secret import Secret

CONNECT, READ = 5.0, 30.0
PATIENCE_WITH_LIMITS = 4
LONGEST_PAUSE = 5.0
GENERATOR = random.SystemRandom()
NOT_JSON = b"{"


class Refused(Evidence):
    """Nobody listened: nothing was sent."""


def some_address() -> str:
    """An address of the range for benchmarks, so that checks do not share a rate limit."""
    return f"198.18.{GENERATOR.randrange(256)}.{GENERATOR.randrange(1, 255)}"


class Lines(threading.local):
    """Kept connections, one set for each thread, as `requests` promises no more."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False  # read once, in `surroundings`


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A caller of the environment: nobody, or the bearer of a token."""

    url: str
    ledger: Ledger
    mode: Mode = Mode.FULL
    again: Again = field(default_factory=lambda: Again(0))
    token: Secret | None = None
    address: str = field(default_factory=some_address)
    lines: Lines = field(default_factory=Lines)

    def afresh(self) -> "Client":
        """The same caller from another address."""
        return replace(self, address=some_address())

    def bearing(self, token: Secret | None) -> "Client":
        """The same address with another token, or with none."""
        return replace(self, token=token)

    def call(
        self,
        request: str,
        *,
        body: object = None,
        raw: bytes | None = None,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
        **ids: str,
    ) -> Answer:
        """Ask `METHOD /path/{id}` and note the answer in the ledger.

        Who is not `patient` takes a 429 for an answer, too.
        """
        self.ledger.demand(request)
        method, path = request.split(" ", 1)
        given = self._headers(headers)
        if not self.mode.sends(method, bearer="Authorization" in given, guarded=guarded(request)):
            pytest.skip(self.mode.left_out)
        target = path.format(**ids) if ids else path
        data = raw if body is None else json.dumps(body).encode()
        asked = requests.Request(method, self.url + target, params=query, data=data, headers=given)
        times = PATIENCE_WITH_LIMITS if patient else 1
        note = partial(
            self.ledger.exchanges.note,
            request,
            f"{method} {target}{f'?{urlencode(query)}' if query else ''}",
            caller="a bearer" if "Authorization" in given else "nobody",
            sent=data,
        )
        try:
            answer = self._patiently(asked, times=times, where=request)
        except Evidence:
            note(answer=None)
            raise
        note(answer=answer)
        self.ledger.note(request, answer)
        return answer

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.token.reveal()}"} if self.token else {}
        fixed = {"X-Forwarded-For": self.address, "Content-Type": "application/json"}
        return {**fixed, **token, **(more or {})}

    def _patiently(self, asked: requests.Request, *, times: int, where: str) -> Answer:
        """Wait out a rate limit a few times: a proxy may overwrite the address we give."""
        for left in reversed(range(times)):
            answer = self._awake(asked, where=where)
            if answer.status != 429 or not left:
                break
            time.sleep(_pause(answer.headers.get("Retry-After", "")))
        return answer

    def _awake(self, asked: requests.Request, *, where: str) -> Answer:
        """Ask again where the platform may be waking, as long as there is time for it."""
        while True:
            try:
                answer = self._once(asked, where=where)
            except Refused:
                if not self.again.may(where, "the connection was refused"):
                    raise
                continue
            why = not_yet(answer, str(asked.method))
            if not why or not self.again.may(where, why):
                return answer

    def _once(self, asked: requests.Request, *, where: str) -> Answer:
        session = self.lines.session
        begun = time.monotonic()
        try:
            got = session.send(
                session.prepare_request(asked),
                timeout=(CONNECT, READ),
                allow_redirects=False,
                **surroundings(self.url),
            )
        except requests.Timeout:
            raise Evidence(where, expected=f"an answer in {READ:.0f} s", got="none") from None
        except requests.ConnectionError as error:
            kind = Refused if isinstance(_cause(error), NewConnectionError) else Evidence
            raise kind(where, expected="an answer", got=type(error).__name__) from None
        except requests.RequestException as error:
            raise Evidence(where, expected="an answer", got=type(error).__name__) from None
        return Answer(
            where=where,
            status=got.status_code,
            headers=got.headers,
            text=got.text,
            body=_json(got),
            seconds=time.monotonic() - begun,
        )


@cache
def surroundings(origin: str) -> dict[str, Any]:
    """Proxies and authorities to trust, as the environment variables have them.

    They are read once for each origin: pytest changes its own variable all the time, and whoever
    walks through all of them in another thread at that moment fails.
    """
    return dict(requests.Session().merge_environment_settings(origin, {}, None, None, None))


def _cause(error: requests.ConnectionError) -> object:
    """What urllib3 met; requests wraps it in an error of having tried."""
    met = error.args[0] if error.args else None
    return getattr(met, "reason", met)


def _json(got: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    try:
        return got.json()
    except ValueError:
        return None


def _pause(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_PAUSE) if retry_after.isdigit() else 1.0
