"""Programs run as an ordinary user, by a root whose own folders that user may not look into."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

USER = 65534  # nobody, who has a name in every passwd: initdb needs one
DROP = f"setpriv --reuid={USER} --regid={USER} --clear-groups --no-new-privs --"
SHOW = """
for each in "$@"; do
    [ "$each" = -- ] && break
    mkdir -p "$stash$each" && mount --bind "$each" "$stash$each"
done
for each in $private; do mount --bind "$empty" "$each"; done
while [ "$1" != -- ]; do
    mkdir -p "$1" && mount --bind "$stash$1" "$1"
    shift
done
shift
"""


def ordinary(folder: Path) -> tuple[str, ...]:
    """The words before a program that make it run as an ordinary user; none if we are one.

    Where the interpreter lies in a folder of root's own, the program sees it nevertheless, in a
    mount namespace in which only that much of root's folders is there.
    """
    if os.getuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root here, and no setpriv to become somebody else")
    needed = sorted({os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)})
    private = sorted({str(top) for each in needed if (top := _private(Path(each)))})
    if not private:
        return (*DROP.split(),)
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, timeout=10).returncode:
        pytest.skip(f"an ordinary user sees no {sys.prefix}, and no mount namespace is permitted")
    stash, empty = folder / "stash", folder / "empty"
    for each in (stash, empty):
        each.mkdir(exist_ok=True)
    script = f"set -e; stash={shlex.quote(str(stash))}; empty={shlex.quote(str(empty))}; "
    script += f"private={shlex.quote(' '.join(private))}; {SHOW}"
    script += f'cd "$PWD"; exec {DROP} "$@"'
    return ("unshare", "-m", "sh", "-c", script, "sh", *needed, "--")


def _private(path: Path) -> Path | None:
    """The topmost folder above a path that lets no others through."""
    above = reversed(path.parents)
    return next((each for each in above if not each.stat().st_mode & 0o001), None)
