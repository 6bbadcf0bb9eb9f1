"""What the environment answered, and how a check takes it apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smoke.evidence import Evidence, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `where` is method and path, `body` its JSON, or None if it was none."""

    where: str
    status: int
    headers: Mapping[str, str]
    text: str
    body: Any
    seconds: float

    def expect(self, *statuses: int, code: str = "") -> "Answer":
        """Itself, if it has one of the statuses, and that error code."""
        wanted = " or ".join(map(str, statuses))
        if self.status not in statuses:
            raise Evidence(self.where, expected=f"status {wanted}", got=self.summary())
        if code and self.find("code") != code:
            raise Evidence(self.where, expected=f"{wanted} {code}", got=self.summary())
        return self

    def refused(self, status: int, *, code: str = "") -> None:
        """Refused with the envelope of an error, that repeats the status and says why."""
        self.expect(status, code=code)
        if self.find("status") != status:
            raise Evidence(self.where, expected=f"status {status} in the body", got=self.text)
        if not self.find("message"):
            raise Evidence(self.where, expected="a message", got=self.text)

    def at(self, path: str) -> Any:  # noqa: ANN401 - each caller knows the form
        """The value at a dotted path of the JSON; no such place is evidence against it."""
        value = self.body
        for step in path.split("."):
            try:
                value = value[int(step) if isinstance(value, list) else step]
            except (KeyError, IndexError, TypeError, ValueError):
                got = shown(self.text or "an empty body")
                raise Evidence(self.where, expected=f"a value at {path}", got=got) from None
        return value

    def find(self, path: str) -> Any:  # noqa: ANN401 - each caller knows the form
        """The value at a dotted path, or None."""
        try:
            return self.at(path)
        except Evidence:
            return None

    def summary(self) -> str:
        """The status, and what the answer says of itself."""
        words = [self.find("code"), self.find("message")]
        said = " ".join(str(word) for word in words if word) or self.text
        return f"{self.status} {shown(said)}".rstrip()
