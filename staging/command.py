"""How a task runs: Ctrl-C ends all that it started, its result is shown, its errors are told."""

import atexit
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

from invoke import Exit, task

from staging import errors
from staging.errors import StagingError

LAST_WORDS = 8.0  # seconds that an interrupted task has to clean up behind itself


def command(**options: Any) -> Callable[[Callable[..., object]], Callable[..., Any]]:
    """An Invoke task that prints its result (as JSON if asked), and errors without a traceback."""

    def decorate(body: Callable[..., object]) -> Callable[..., Any]:
        @wraps(body)
        def told(*args: Any, **kwargs: Any) -> None:
            try:
                result = _interruptible(lambda: body(*args, **kwargs))
            except StagingError as error:
                _annotate(str(error), of=body.__name__)
                raise Exit(str(error), code=error.exit_code) from None
            except KeyboardInterrupt:
                raise Exit("Interrupted.", code=errors.INTERRUPTED) from None
            form = next((form for form in ("json", "markdown") if kwargs.get(form)), "text")
            _show(result, form, of=body.__name__)

        return task(told, **options)

    return decorate


def _show(result: object, form: str, *, of: str) -> None:
    if result is None:
        return
    from staging.report.document import document
    from staging.report.github import complaints
    from staging.report.page import page

    print(_written(result, form))
    if name := getattr(result, "report", ""):
        folder = Path(os.environ.get("REPORTS") or "reports")
        _keep(document(result) + "\n", folder / f"{name}.json")
        if shown := page(result):
            _keep(shown, folder / f"{name}.html")
        _keep(_written(result, "markdown") + "\n", folder / f"{name}.md")
    _tell_the_job(result)
    if code := getattr(result, "exit_code", errors.SUCCESS):
        sys.stdout.flush()
        if code != errors.CHANGES_PENDING:
            _annotate(*complaints(result), of=of)
        raise Exit(code=code)


@contextmanager
def live() -> Iterator[Callable[[Any], None]]:
    """What shows one result after the other: on one screen, or as lines without a terminal."""
    from staging.report.screen import Lines, Screen

    screen = Screen(sys.stdout) if sys.stdout.isatty() else None
    if screen is None:
        yield Lines(sys.stdout)
        return
    atexit.register(screen.leave)  # also where the look that is under way does not end in time
    try:
        yield screen
    finally:
        screen.leave()


def _written(result: object, form: str) -> str:
    import staging.report.fleet
    import staging.report.jobs
    import staging.report.linted
    import staging.report.rehearsed
    import staging.report.text
    import staging.report.verified  # noqa: F401 - each text registers itself
    from staging.report.document import document
    from staging.report.lines import fitted, text
    from staging.report.markdown import markdown

    if form == "json":
        return document(result)
    if form == "markdown":
        return markdown(result)
    wide = not sys.stdout.isatty() or getattr(result, "verbatim", False)
    return fitted(text(result), None if wide else shutil.get_terminal_size().columns)


def _keep(told: str, path: Path) -> None:
    """What judges leaves its evidence; a folder that cannot be written to is no reason to fail."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(told, "utf-8")
        part.replace(path)
    except OSError as error:
        print(f"{path} was not written: {error}", file=sys.stderr)


def _tell_the_job(result: object) -> None:
    """Its page and its outputs; a result that is only a value (a token!) is none of either."""
    from dataclasses import is_dataclass

    from staging.report.github import outputs

    if not is_dataclass(result):
        return
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(f"{_written(result, 'markdown')}\n\n", path)
    if path := os.environ.get("GITHUB_OUTPUT"):
        _append("".join(f"{name}={told}\n" for name, told in outputs(result).items()), path)


def _append(told: str, path: str) -> None:
    with suppress(OSError), Path(path).open("a", encoding="utf-8") as file:
        file.write(told)


def _annotate(*problems: str, of: str) -> None:
    """In a job of GitHub's, show each beside its file; stdout is for the result."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from staging.report.github import annotated

        for problem in problems:
            print(annotated(problem, title=of), file=sys.stderr)


def _interruptible(body: Callable[[], object]) -> object:
    """Run off the main thread: Python gives signals to that one, which must be free to act.

    An event says that it is over: Thread.join, once interrupted, takes a running thread for ended.
    """
    outcome: list[object] = []
    failure: list[BaseException] = []
    over = threading.Event()

    def perform() -> None:
        try:
            outcome.append(body())
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            failure.append(error)
        over.set()

    signal.signal(signal.SIGTERM, _interrupt)
    threading.Thread(target=perform, daemon=True).start()
    try:
        while not over.wait(0.1):
            pass
    except KeyboardInterrupt:
        _end(over)
        raise
    if failure:
        raise failure[0]
    return outcome[0]


def _end(over: threading.Event) -> None:
    from staging.clouds import process

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut the ending short
    process.end_all()
    over.wait(LAST_WORDS)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def typed(question: str) -> str:
    """What a person answers; nothing where there is nobody to ask."""
    if not sys.stdin.isatty():
        return ""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
