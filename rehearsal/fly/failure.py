"""How a command of the stand-in ends badly."""


class CommandError(Exception):
    """Printed as `Error: text`; exit code 1."""


class ApiError(CommandError):
    """A refusal of the platform."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Interrupted(BaseException):
    """SIGINT or SIGTERM arrived; like KeyboardInterrupt it passes every ordinary handler."""


FAILED = 1
INTERRUPTED = 127
