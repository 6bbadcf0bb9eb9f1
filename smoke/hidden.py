"""The one place that knows every secret of a run, so that no text goes out with one in it."""

from threading import Lock
from urllib.parse import unquote, urlsplit

from staging.secret import Secret, redact


class Hidden:
    """Secrets of a run; they are added from several threads as they become known."""

    def __init__(self) -> None:
        self._secrets: set[Secret] = set()
        self._lock = Lock()

    def add(self, text: str) -> Secret:
        """Keep this text out of every output from now on."""
        with self._lock:
            self._secrets.add(secret := Secret(text))
        return secret

    def add_url(self, text: str) -> Secret:
        """Hide an address, and the password in it as written and as meant."""
        if password := urlsplit(text).password:
            self.add(password)
            self.add(unquote(password))
        return self.add(text)

    def mask(self, text: str) -> str:
        """The text with *** for every secret."""
        with self._lock:
            return redact(text, tuple(self._secrets))
