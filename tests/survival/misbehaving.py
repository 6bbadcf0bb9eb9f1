"""A program in the place of flyctl or supabase: it calls that one, and misbehaves on one call.

`FAULT` names a file that says when and how (tests/survival/faults.py: Misbehaviour). Standard
library only, and started without site-packages: it is run at every call.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

RUBBISH = b"\x00\xff\xfe<!doctype html><h1>It works!</h1>\n"
SECOND = 1.0


def main() -> None:
    """Do what the real program does, but for the call that is meant."""
    program, words = Path(sys.argv[1]).name, sys.argv[2:]
    fault = json.loads(Path(os.environ["FAULT"]).read_text())
    argv = [str(Path.cwd() / "rehearsal" / "bin" / program), *words]
    meant = fault["program"] == program and fault["words"] == words[: len(fault["words"])]
    if not meant or not turn(os.environ["FAULT"] + ".count", fault["nth"]):
        os.execv(argv[0], argv)
    sys.exit(HOW[fault["how"]](argv, fault))


def turn(path: str, nth: int) -> bool:
    """Whether this is the n-th such call (0: every one is)."""
    with Path(path).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("x")
        file.flush()
        return nth in (0, file.tell())


def kill_before(argv: list[str], fault: dict[str, object]) -> int:
    """The caller is killed as soon as the call begins."""
    del argv, fault
    os.kill(os.getppid(), signal.SIGKILL)
    return 1


def kill_during(argv: list[str], fault: dict[str, object]) -> int:
    """The caller is killed while the program works, which goes on alone."""
    caller = os.getppid()
    with subprocess.Popen(argv) as process:
        time.sleep(float(str(fault["seconds"])))
        os.kill(caller, signal.SIGKILL)
        return process.wait()


def kill_after(argv: list[str], fault: dict[str, object]) -> int:
    """The caller is killed when the program has done its work, before it could tell."""
    del fault
    caller = os.getppid()
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    os.kill(caller, signal.SIGKILL)
    return 0


def hang(argv: list[str], fault: dict[str, object]) -> int:
    """No answer, and no end either on a polite request."""
    del argv, fault
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(600)
    return 1


def kill_hang(argv: list[str], fault: dict[str, object]) -> int:
    """The caller is killed, and the program does not end by itself."""
    os.kill(os.getppid(), signal.SIGKILL)
    return hang(argv, fault)


def hang_after(argv: list[str], fault: dict[str, object]) -> int:
    """The work is done, and then the program does not end."""
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return hang(argv, fault)


def fail(argv: list[str], fault: dict[str, object]) -> int:
    """Exit 1 with a text, nothing done."""
    del argv
    print(fault["text"], file=sys.stdout if fault["stdout"] else sys.stderr)
    return 1


def fail_after(argv: list[str], fault: dict[str, object]) -> int:
    """The work is done, and reported as failed."""
    subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return fail(argv, fault)


def rubbish(argv: list[str], fault: dict[str, object]) -> int:
    """Exit 0 with what is no answer at all."""
    del argv, fault
    sys.stdout.buffer.write(RUBBISH)
    return 0


def half(argv: list[str], fault: dict[str, object]) -> int:
    """The work is done, and the answer breaks off in the middle."""
    del fault
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=False)
    sys.stdout.buffer.write(done.stdout[: len(done.stdout) // 2])
    return done.returncode


def slow(argv: list[str], fault: dict[str, object]) -> int:
    """It takes its time, and then does what it should."""
    time.sleep(float(str(fault["seconds"])))
    return subprocess.run(argv, check=False).returncode


HOW = {
    "kill-before": kill_before,
    "kill-during": kill_during,
    "kill-after": kill_after,
    "kill-hang": kill_hang,
    "hang": hang,
    "hang-after": hang_after,
    "fail": fail,
    "fail-after": fail_after,
    "rubbish": rubbish,
    "half": half,
    "slow": slow,
}

if __name__ == "__main__":
    main()
