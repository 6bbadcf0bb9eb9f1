"""One search: secrets learnt on the way, texts heard, processes watched, then all of it scanned."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.leaks import places
from tests.leaks.forms import SHORTEST, forms

PAUSE = 0.01  # seconds between two looks at the processes


@dataclass(frozen=True, order=True)
class Leak:
    """A secret, by its name, in a form and a place where it must not be."""

    secret: str
    form: str
    place: str


@dataclass(slots=True)
class Search:
    """Everything sought in one checkout.

    `given`: more variables that programs have on purpose; `may_keep`: more files that hold
    secrets, if they are 0600; `public`: values that are no secrets although they look so.
    """

    root: Path
    given: Mapping[str, set[str]] = field(default_factory=dict)
    may_keep: tuple[str, ...] = ()
    public: frozenset[str] = frozenset()
    sought: dict[str, str] = field(default_factory=dict)
    leaks: set[Leak] = field(default_factory=set)
    searched: Counter[str] = field(default_factory=Counter)
    _forms: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    _heard: list[tuple[str, bytes]] = field(default_factory=list)
    _seen: set[tuple[str, bytes]] = field(default_factory=set)
    _pids: set[int] = field(default_factory=set)

    def learn(self, name: str, secret: str) -> None:
        """Search for this too; one that is known by another name already counts once."""
        if secret not in {*self.sought, *self.public} and len(secret) >= SHORTEST:
            self.sought[secret] = name
            self._forms |= {form: (name, how) for form, how in forms(secret).items()}

    def learn_all(self) -> None:
        """All secrets that the checkout and its world know now."""
        for name, secret in (*_of_the_checkout(self.root), *_of_the_world(self.root)):
            self.learn(name, secret)

    def hear(self, *texts: str, of: str) -> None:
        """What a command said, or an exception."""
        self._heard += [(f"output of {of}", text.encode()) for text in texts]

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every process that is started meanwhile."""
        over = threading.Event()

        def watch() -> None:
            while True:
                self.look_at_processes()
                if over.wait(PAUSE):
                    return

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(10)

    def look_at_processes(self) -> None:
        """Keep what the processes of now have in their words and environments."""
        for pid, words, environment in places.processes(self.root.resolve(), self.given):
            if pid not in self._pids:
                self._pids.add(pid)
                self.searched["processes"] += 1
            self._seen.update(words, environment)

    def kinds(self) -> set[str]:
        """Which kinds of programs were seen at work."""
        return {place.removeprefix("argv of ") for place, _ in self._seen if "argv" in place}

    def scan(self) -> list[Leak]:
        """Every leak of all that is sought, in each place."""
        self._scan("argv", ((f"call {n}", line) for n, line in enumerate(_calls(self.root))))
        for place, text in self._seen:  # secrets may have been learnt since
            self._find(place, text)
        self._scan("files", places.files(self.root, self.may_keep))
        self._scan("outputs", self._heard)
        if (self.root / ".git").is_dir():
            self._scan("git objects", places.git_objects(self.root))
        return sorted(self.leaks)

    def summary(self) -> str:
        """The figure: how many of those sought were found, and where it was looked."""
        found = len({leak.secret for leak in self.leaks})
        where = ", ".join(f"{count} {name}" for name, count in sorted(self.searched.items()))
        return f"secrets found / sought: {found} / {len(self.sought)} in {where}"

    def _scan(self, name: str, found: Iterable[tuple[str, bytes]]) -> None:
        for place, text in found:
            self.searched[name] += 1
            self._find(place, text)

    def _find(self, place: str, text: bytes) -> None:
        for form, (secret, how) in self._forms.items():
            if form in text:
                self.leaks.add(Leak(secret, how, place))


def _calls(root: Path) -> list[bytes]:
    file = root / ".rehearsal" / "calls.jsonl"
    return file.read_bytes().splitlines() if file.exists() else []


def _of_the_checkout(root: Path) -> Iterator[tuple[str, str]]:
    file = root / ".staging" / "credentials.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    for entry in kept.values():
        yield from ((k, v) for k, v in entry.items() if k.startswith("database_password"))
        yield from entry.get("generated", {}).items()


def _of_the_world(root: Path) -> Iterator[tuple[str, str]]:
    folder = root / ".rehearsal" / "state"
    for file in folder.glob("*.json"):
        yield from _named(json.loads(file.read_text()), file.name)


OPEN = {"APP_ENV", "LOG_LEVEL", "SUPABASE_AUTH_URL", "SUPABASE_PUBLISHABLE_KEY"}
CLOSED = {"token", "reader_password", "admin_password", "signing_key", "secret", "service_role"}


def _named(kept: object, path: str) -> Iterator[tuple[str, str]]:
    """What a world's state holds by a name that says it is secret; an app's secrets among it."""
    if isinstance(kept, list):
        for each in kept:
            yield from _named(each, path)
    if not isinstance(kept, dict):
        return
    for name, value in kept.items():
        closed = name in CLOSED or (path.endswith(".secrets") and name not in OPEN)
        if isinstance(value, str) and closed:
            yield f"{path}.{name}", value
            if value.startswith("postgres"):
                yield f"{path}.{name}'s password", unquote(urlsplit(value).password or "")
        elif path.endswith(".json") and name == "tokens":
            yield from ((f"{path}.{name}", token) for token in value)
        else:
            yield from _named(value, f"{path}.{name}")
