"""What can go wrong, told so that the reader can act, and the exit code of each kind."""

SUCCESS = 0
NOT_SO = 1
CHANGES_PENDING = 2
FAILED = 3
CONFIGURATION = 4
REFUSED = 5
INVALID = 6
INTERRUPTED = 130


class StagingError(Exception):
    """A problem for the user to read: what failed, the evidence, what to do next."""

    exit_code = FAILED

    def __init__(self, problem: str, *, detail: str = "", remedy: str = "") -> None:
        super().__init__(problem)
        self.problem, self.detail, self.remedy = problem, detail, remedy

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.problem, self.detail, self.remedy)))


class NotSo(StagingError):
    """What was checked is not so: a failed verdict, drift, a breach."""

    exit_code = NOT_SO


class ServiceFailed(StagingError):
    """A program or service could not be reached, failed, or ran past its time."""

    exit_code = FAILED


class CommandFailed(ServiceFailed):
    """A program failed; `output` is what it said, secrets masked, `code` its exit code if any."""

    def __init__(
        self,
        problem: str,
        *,
        detail: str = "",
        remedy: str = "",
        output: str = "",
        code: int | None = None,
    ) -> None:
        super().__init__(problem, detail=detail, remedy=remedy)
        self.output, self.code = output, code


class NotFound(CommandFailed):
    """The app, project or image that was named does not exist, or is not ours to see."""


class NotAuthenticated(CommandFailed):
    """The token is missing, malformed or rejected."""


class NameTaken(CommandFailed):
    """The name belongs to somebody else."""


class ConfigurationError(StagingError):
    """What the user wrote, in a file, the environment or an argument, is wrong."""

    exit_code = CONFIGURATION


class Refused(StagingError):
    """Not done because it could harm production or needs consent that was not given."""

    exit_code = REFUSED
