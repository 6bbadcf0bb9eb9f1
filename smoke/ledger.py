"""Every answer of the whole run, held against its endpoint's contract."""

from collections import defaultdict
from threading import Lock

import pytest

from smoke.answer import Answer
from smoke.contract import violations
from smoke.coverage import Coverage, covered
from smoke.evidence import Evidence
from smoke.exchanges import Exchanges
from smoke.own import Own
from smoke.parts import LEFT_OUT, Parts
from staging.rules.endpoints import ENDPOINTS, Endpoint


class Ledger:
    """Which endpoints answered as promised, and where they did not; journeys write side by side."""

    def __init__(
        self,
        parts: Parts | None = None,
        *,
        strict: bool = False,
        exchanges: Exchanges | None = None,
        own: Own | None = None,
    ) -> None:
        self._own = own or Own()
        self.exchanges = exchanges or Exchanges()
        self._parts = parts or Parts()
        self._strict = strict
        self._statuses: dict[str, set[int]] = defaultdict(set)
        self._broken: dict[str, list[Evidence]] = defaultdict(list)
        self._latest: dict[str, Answer] = {}
        self._lock = Lock()

    def demand(self, request: str) -> None:
        """End the check that asks for an endpoint which the application is said not to have."""
        if request in ENDPOINTS and not self._parts.has(request):
            pytest.skip(LEFT_OUT)

    def note(self, request: str, answer: Answer) -> None:
        """Judge an answer; `request` is the endpoint's name in the table, or what is asked."""
        if request in self._own.endpoints:
            broken = list(self._own.broken(request, answer, strict=self._strict))
        else:
            endpoint = ENDPOINTS.get(request, Endpoint(request=request))
            broken = _broken(endpoint, answer, strict=self._strict)
        with self._lock:
            self._latest[request] = answer
            self._statuses[request].add(answer.status)
            self._broken[request] += broken

    def judge(self, endpoint: Endpoint) -> None:
        """Fail with the first answer that broke the contract, or if none was a success."""
        with self._lock:
            broken, seen = self._broken[endpoint.request], self._statuses[endpoint.request]
            latest = self._latest.get(endpoint.request)
        if broken:
            raise broken[0]
        if not seen & set(endpoint.statuses):
            wanted = " or ".join(map(str, endpoint.statuses))
            got = latest.summary() if latest else "no answer"
            raise Evidence(endpoint.request, expected=f"status {wanted}", got=got)

    def succeeded(self, request: str) -> bool:
        """Whether it was ever answered with a success."""
        with self._lock:
            return any(status < 400 for status in self._statuses[request])

    def judge_own(self, request: str) -> None:
        """Fail with the first answer that broke what the application itself promises."""
        with self._lock:
            broken = self._broken[request]
        if broken:
            raise broken[0]

    def reached(self, endpoint: Endpoint) -> bool:
        """Whether there is an answer to judge."""
        with self._lock:
            return endpoint.request in self._latest

    def unpromised(self) -> list[Evidence]:
        """What is wrong with answers to requests that no endpoint stands for."""
        with self._lock:
            known = {*ENDPOINTS, *self._own.endpoints}
            return [e for name, all_ in self._broken.items() if name not in known for e in all_]

    def coverage(self) -> Coverage:
        """Which endpoints answered, and with which of their statuses, up to now."""
        with self._lock:
            return covered(self._statuses)


def _broken(endpoint: Endpoint, answer: Answer, *, strict: bool) -> list[Evidence]:
    if answer.status >= 500:
        wanted = " or ".join(map(str, endpoint.statuses))
        return [Evidence(answer.where, expected=f"status {wanted}", got=answer.summary())]
    contract = endpoint.contract if answer.status < 400 else "error"
    if not contract:
        said = answer.body is not None
        no_contract = Evidence(answer.where, expected="an answer with a contract", got=answer.text)
        return [no_contract] if said else []
    return [
        Evidence(f"{answer.where} at {broken.place}", expected=broken.expected, got=broken.got)
        for broken in violations(contract, answer.body, strict=strict)
    ]
