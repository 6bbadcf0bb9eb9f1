"""Start other programs. No other module of staging does."""

import atexit
import logging
import os
import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import IO

from staging.clouds.limits import limit
from staging.errors import CommandFailed
from staging.secret import Secret, redact

log = logging.getLogger(__name__)

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07")
POLITE_SECONDS = 5.0

GUARD = str(Path(__file__).with_name("guard.py"))

_live: set[Popen[bytes]] = set()
_guard: list[Popen[bytes]] = []
_gate = threading.Lock()
_ending = threading.Event()
_tidying = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a program printed, without colours."""

    stdout: str
    stderr: str


@dataclass(slots=True)
class _Reader:
    """Collects one stream of a program line by line, so that it can be shown as it comes."""

    stream: IO[bytes]
    show: Callable[[str], None]
    lines: list[str] = field(default_factory=list)
    ended: bool = False

    def __call__(self) -> None:
        for raw in self.stream:
            line = ANSI.sub("", raw.decode(errors="replace"))
            self.lines.append(line)
            self.show(line.rstrip())
        self.ended = True


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str | Secret],
    stdin: Secret | None = None,
    hide: Collection[Secret] = (),
    show: Callable[[str], None] | None = None,
    cwd: Path | None = None,
    secret_output: bool = False,
    well: Collection[int] = (0,),
) -> Output:
    """Run a program to its end and return what it printed, or raise CommandFailed.

    `env` is its whole environment, `well` are its exit codes that mean success. Secrets reach it by
    `env` or `stdin`, never by `argv`; those and `hide` are masked in what is shown as it comes
    (`show`) and in an error, which has nothing of stdout where that is a secret (`secret_output`).
    """
    secrets = [*hide, *(v for v in (stdin, *env.values()) if isinstance(v, Secret))]
    command = redact(shlex.join([Path(argv[0]).name, *argv[1:]]), secrets)
    started, timeout, process = time.monotonic(), limit(timeout), _start(argv, env, cwd)
    readers = [
        _Reader(stream, lambda line: show(redact(line, secrets)) if show else None)
        for stream in (process.stdout, process.stderr)
        if stream
    ]
    try:
        finished = _finish(process, readers, stdin, timeout)
    finally:
        _end([process])
        _forget(process)
    log.debug("%s: %s after %.1f s", command, process.returncode, time.monotonic() - started)
    stdout, stderr = ("".join(reader.lines) for reader in readers)
    if finished and process.returncode in well:
        return Output(stdout=stdout, stderr=stderr)
    ended = f"exited with {process.returncode}" if finished else f"did not finish in {timeout:g} s"
    if secret_output:
        secrets, stdout = [*secrets, Secret(stdout.strip())], ""
    failed = _failed(f"`{command}` {ended}.", stdout, stderr, secrets)
    failed.code = process.returncode if finished else None
    raise failed


def end_all() -> None:
    """End every program that is running, and let no other start: the user has interrupted."""
    _ending.set()
    with _gate:
        live = list(_live)
    _end(live)


@contextmanager
def tidying() -> Iterator[None]:
    """What takes back what this run has made may be started by this thread, interrupted or not."""
    _tidying.allowed = True
    try:
        yield
    finally:
        _tidying.allowed = False


def ending() -> bool:
    """Whether the user has interrupted, so that nothing more is begun."""
    return _ending.is_set()


def _failed(problem: str, stdout: str, stderr: str, secrets: Collection[Secret]) -> CommandFailed:
    return CommandFailed(
        problem,
        detail=_tail(redact(stderr.strip() or stdout, secrets)),
        output=redact(f"{stderr}\n{stdout}", secrets),
    )


def _start(argv: Sequence[str], env: Mapping[str, str | Secret], cwd: Path | None) -> Popen[bytes]:
    plain = {k: v.reveal() if isinstance(v, Secret) else v for k, v in env.items()}
    with _gate:  # whoever ends all programs waits until this one can be ended too
        if _ending.is_set() and not getattr(_tidying, "allowed", False):
            raise CommandFailed(f"{argv[0]} was not started: interrupted.")
        try:
            process = Popen(
                argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=plain, cwd=cwd, process_group=0
            )
        except (OSError, ValueError) as error:
            remedy = f"Install {Path(argv[0]).name}, then run `invoke doctor`."
            problem = f"Cannot start {argv[0]}."
            raise CommandFailed(problem, detail=str(error), remedy=remedy) from error
        _live.add(process)
        _guarded("+", process)
    return process


def _forget(process: Popen[bytes]) -> None:
    with _gate:
        _live.discard(process)
        _guarded("-", process)


def _guarded(change: str, process: Popen[bytes]) -> None:
    """Tell the program that ends ours, should we be killed; without one it is as it was."""
    with suppress(OSError):
        if not _guard:
            words = [sys.executable, "-I", "-S", GUARD]
            told = Popen(
                words,
                stdin=PIPE,
                stdout=DEVNULL,  # whoever reads what we print must not wait for it
                stderr=DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
            _guard.append(told)
            atexit.register(_unguarded)
        if (pipe := _guard[0].stdin) is not None:
            pipe.write(f"{change}{process.pid}\n".encode())
            pipe.flush()


def _unguarded() -> None:
    """We end by ourselves: so does the guard, which has nobody left to end."""
    for told in _guard:
        with suppress(OSError, TimeoutExpired):
            if told.stdin is not None:
                told.stdin.close()
            told.wait(1)


def _finish(
    process: Popen[bytes], readers: Sequence[_Reader], stdin: Secret | None, timeout: float
) -> bool:
    """Feed and read the program until it ends; False if it did not within its time."""
    threads = [threading.Thread(target=reader, daemon=True) for reader in readers]
    threads.append(threading.Thread(target=_feed, args=(process, stdin), daemon=True))
    for thread in threads:
        thread.start()
    try:
        process.wait(timeout)
    except TimeoutExpired:
        return False
    finally:
        _end([process])  # children that it left behind would hold its output open
        for thread in threads:
            thread.join(2)
        for reader in readers:
            if reader.ended:
                reader.stream.close()
    return True


def _feed(process: Popen[bytes], stdin: Secret | None) -> None:
    """Write what the program reads and close it, so that nothing can wait for an answer."""
    if process.stdin:
        with suppress(OSError):
            process.stdin.write(stdin.reveal().encode() if stdin else b"")
        with suppress(OSError):
            process.stdin.close()


def _end(processes: Collection[Popen[bytes]]) -> None:
    """Ask the programs and their children to stop; insist when they take too long."""
    running = any(process.poll() is None for process in processes)
    polite = [(signal.SIGINT, POLITE_SECONDS)] if running else []
    for request, patience in [*polite, (signal.SIGTERM, 1.0), (signal.SIGKILL, 0.2)]:
        groups = [p.pid for p in processes if _signal(p.pid, request)]
        deadline = time.monotonic() + patience
        while groups and time.monotonic() < deadline:
            for process in processes:
                process.poll()  # reaps it: a dead leader would keep its group alive
            groups = [pid for pid in groups if _signal(pid, 0)]
            time.sleep(0.01 if groups else 0)
        if not groups:
            return


def _signal(group: int, request: int) -> bool:
    """Whether there was still somebody in the group to get the signal."""
    try:
        os.killpg(group, request)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
