import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from staging.clouds import process
from staging.errors import CommandFailed
from staging.secret import Secret

ENV = {"PATH": os.environ["PATH"]}


def python(body: str) -> list[str]:
    return [sys.executable, "-c", body]


def test_both_streams_come_back_without_colours() -> None:
    output = process.run(
        python("import sys; print('\\x1b[32mgreen\\x1b[0m'); print('said', file=sys.stderr)"),
        timeout=10,
        env=ENV,
    )
    assert (output.stdout, output.stderr) == ("green\n", "said\n")


def test_output_is_shown_as_it_comes_with_secrets_masked() -> None:
    shown: list[str] = []
    body = "import os; print('key', os.environ['KEY'])"
    process.run(python(body), timeout=10, env={**ENV, "KEY": Secret("hunter22")}, show=shown.append)
    assert shown == ["key ***"]


def test_stdin_is_given_and_closed() -> None:
    body = "import sys; print(len(sys.stdin.read()))"
    assert process.run(python(body), timeout=10, env=ENV).stdout == "0\n"
    given = process.run(python(body), timeout=10, env=ENV, stdin=Secret("x" * 200_000))
    assert given.stdout == "200000\n"


def test_a_failure_tells_the_end_of_what_was_said_but_no_secret() -> None:
    body = "import os, sys; sys.exit('refused ' + os.environ['KEY'])"
    with pytest.raises(CommandFailed) as caught:
        process.run(python(body), timeout=10, env={**ENV, "KEY": Secret("hunter22")})
    assert caught.value.detail == "refused ***"
    assert "hunter22" not in str(caught.value) + caught.value.output


def test_the_environment_given_is_the_whole_environment() -> None:
    output = process.run(python("import os; print(sorted(os.environ))"), timeout=10, env=ENV)
    assert "HOME" not in output.stdout


def test_a_missing_program_is_told_with_what_to_do() -> None:
    with pytest.raises(CommandFailed, match="Cannot start /none") as caught:
        process.run(["/none"], timeout=1, env=ENV)
    assert "Install none" in caught.value.remedy


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_program_past_its_time_ends_with_its_children(tmp_path: Path, stubborn: bool) -> None:
    body = f"""
import pathlib, signal, subprocess, time
if {stubborn}: signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen(['sleep', '61'])
pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(child.pid))
time.sleep(61)
"""
    started = time.monotonic()
    with pytest.raises(CommandFailed, match="did not finish in 1 s"):
        process.run(python(body), timeout=1, env=ENV)
    assert time.monotonic() - started < 12
    assert ended(int((tmp_path / "pid").read_text()))


def test_a_child_left_behind_does_not_hold_the_caller() -> None:
    started = time.monotonic()
    output = process.run(["/bin/sh", "-c", "sleep 62 & echo done"], timeout=20, env=ENV)
    assert output.stdout == "done\n"
    assert time.monotonic() - started < 8


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    body = "import sys; sys.stdout.buffer.write(b'\\xff\\xfe ok')"
    assert process.run(python(body), timeout=10, env=ENV).stdout.endswith(" ok")


def test_ending_all_leaves_no_child_and_lets_none_start(tmp_path: Path) -> None:
    body = f"""
import os, sys, threading, time
from staging.clouds import process
from staging.errors import StagingError
def work():
    process.run(['/bin/sh', '-c', 'echo $$ > {tmp_path}/pid; sleep 63'], timeout=60, env={ENV!r})
threading.Thread(target=work, daemon=True).start()
while not os.path.exists('{tmp_path}/pid'): time.sleep(0.01)
process.end_all()
try: process.run(['true'], timeout=1, env={{}})
except StagingError as error: print(error)
"""
    root = Path(__file__).parents[3]
    done = subprocess.run(python(body), cwd=root, capture_output=True, text=True, timeout=30)
    assert "interrupted" in done.stdout, done.stderr
    assert ended(int((tmp_path / "pid").read_text()))


def ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"
