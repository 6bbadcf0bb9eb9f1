"""What each circumstance has to prove: the mirror is built, nothing is left to do, all goes."""

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.portability.ordinary import USER
from tests.rehearsed.checkout import Checkout, checkout


@contextmanager
def place(name: str = "checkout", *, tests: bool = False) -> Iterator[Checkout]:
    """A checkout in a home; temporary files have a folder where one left behind is seen."""
    with checkout(f"home/{name}", tests=tests) as made:
        home = made.root.parent
        temporary = home.with_name("tmp")
        temporary.mkdir()
        temporary.chmod(0o1777)
        given = {"TMPDIR": str(temporary), "HOME": str(home)}
        yield dataclasses.replace(made, settings=given)


def under(made: Checkout, *before: str, **settings: str | None) -> Checkout:
    """The same checkout in other circumstances."""
    both = {**made.settings, **settings}
    return dataclasses.replace(made, before=(*made.before, *before), settings=both)


def give(folder: Path) -> None:
    """Make a folder and all that is in it the ordinary user's, if we are another."""
    if os.getuid() == 0:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, USER, USER, follow_symlinks=False)


def built(made: Checkout) -> None:
    """`invoke provision` builds the mirror; a second one has nothing to do; it is well."""
    first = made.run("invoke", "provision")
    assert first.returncode == 0, first.stderr + first.stdout
    still_there(made)


def still_there(made: Checkout) -> None:
    """There is nothing to do, and what is there is well."""
    again = made.run("invoke", "provision")
    assert again.returncode == 0, again.stderr + again.stdout
    assert "Nothing to do" in again.stdout, again.stdout
    status = made.run("invoke", "status")
    assert status.returncode == 0, status.stdout + status.stderr
    for done in (again, status):
        assert "Traceback" not in done.stderr + done.stdout
        assert "Warning" not in done.stderr, done.stderr


def smokes(made: Checkout) -> None:
    """`nox -s smoke` passes."""
    done = made.run("nox", "-s", "smoke")
    assert done.returncode == 0, done.stdout + done.stderr


def loads(made: Checkout) -> None:
    """`nox -s load` passes, in as few seconds as give enough samples."""
    done = made.run("nox", "-s", "load", "--", "--seconds", "6")
    assert done.returncode == 0, done.stdout + done.stderr


def erased(made: Checkout) -> None:
    """`invoke rehearsal.down --erase` leaves no process and no file."""
    temporary = Path(made.settings["TMPDIR"] or "")
    done = made.run("invoke", "rehearsal.down", "--erase")
    assert done.returncode == 0, done.stderr + done.stdout
    assert made.processes() == set()
    assert not (made.root / ".rehearsal").exists()
    assert list(temporary.iterdir()) == []
