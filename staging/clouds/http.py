"""HTTP requests that end in time, with errors for the reader and secrets masked."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from staging.clouds.limits import limit
from staging.errors import ServiceFailed
from staging.secret import Secret, redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; `body` is its JSON, or None if it was none."""

    status: int
    body: Any
    text: str


@dataclass(frozen=True, slots=True)
class Service:
    """One server's interface, at `url`, with the headers that every call carries."""

    url: str
    headers: Mapping[str, Secret | str]

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        timeout: float = 30.0,
    ) -> Answer:
        """One request, whatever its status; no answer at all is ServiceFailed."""
        import requests  # costs 0.2 s, so not at the top

        url = self.url + path
        headers = {k: v.reveal() if isinstance(v, Secret) else v for k, v in self.headers.items()}
        try:
            answer = requests.request(
                method, url, json=_plain(body), headers=headers, timeout=limit(timeout)
            )
            return Answer(status=answer.status_code, body=_json(answer.json), text=answer.text)
        except (requests.RequestException, UnicodeError) as error:
            raise ServiceFailed(
                f"{method} {url} got no answer.",
                detail=redact(str(error), self.secrets(body))[:300],
                remedy="Check the address and the network, then run this again.",
            ) from None

    def expect(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - each caller knows the form
        """The JSON of a 2xx answer; anything else is ServiceFailed."""
        answer = self.call(method, path, body=body)
        if answer.status // 100 != 2:
            detail = redact(answer.text, self.secrets(body))[:500]
            problem = f"{method} {self.url}{path} answered {answer.status}."
            raise ServiceFailed(problem, detail=detail)
        return answer.body

    def secrets(self, body: Mapping[str, Any] | None) -> Collection[Secret]:
        """All that an error about this call must not show."""
        values = [*self.headers.values(), *(body or {}).values()]
        return [value for value in values if isinstance(value, Secret)]


def _plain(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {k: v.reveal() if isinstance(v, Secret) else v for k, v in body.items()}


def _json(parse: Callable[[], Any]) -> Any:  # noqa: ANN401 - any JSON
    try:
        return parse()
    except ValueError:
        return None
