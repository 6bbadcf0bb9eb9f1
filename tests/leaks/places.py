"""Where secrets are looked for: what each place holds, as names and bytes."""

import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Found = tuple[str, bytes]
OWN = {
    "flyctl": {"FLY_API_TOKEN", "FLY_ACCESS_TOKEN"},
    "supabase": {"SUPABASE_ACCESS_TOKEN"},
    "pg_dump": {"PGPASSWORD"},
    "machine": {"DATABASE_URL", "SENTRY_DSN"},
    "session": {"STAGING_DATABASE_URL", "SMOKE_PASSWORD", "STAGING_ACCESS_TOKEN"},
}
"""The variables by which each program is given a secret on purpose."""

KEEPERS = (".staging/credentials.json", ".staging/credentials.part", ".rehearsal/environment")
WORLDS = (".rehearsal/state/", ".rehearsal/postgres/")
"""What the clouds keep themselves: the local world has to keep it somewhere."""


def files(root: Path, may_keep: Sequence[str] = ()) -> Iterator[Found]:
    """Every file that may hold no secret: all but the few whose purpose it is, if they are 0600."""
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        try:
            if not path.is_file() or path.is_symlink() or name.startswith(".git/"):
                continue
            private = not stat.S_IMODE(path.stat().st_mode) & 0o077
            if private and (name in (*KEEPERS, *may_keep) or name.startswith(WORLDS)):
                continue
            yield name, path.read_bytes()
        except FileNotFoundError:  # what runs here writes and removes files meanwhile
            continue


def git_objects(root: Path) -> Iterator[Found]:
    """Every object of the repository, whether or not a commit names it."""
    git = ("git", "-C", str(root), "cat-file", "--batch-all-objects")
    listed = subprocess.run([*git, "--batch-check"], capture_output=True, check=True, timeout=60)
    everything = subprocess.run([*git, "--batch"], capture_output=True, check=True, timeout=60)
    rest = everything.stdout
    for line in listed.stdout.decode().splitlines():
        name, kind, size = line.split()
        head, _, rest = rest.partition(b"\n")
        assert head.decode().split()[0] == name
        yield f"git {kind} {name[:8]}", rest[: int(size)]
        rest = rest[int(size) + 1 :]


def processes(
    root: Path, ours: Mapping[str, set[str]]
) -> Iterator[tuple[int, list[Found], list[Found]]]:
    """Each process with the words that it was started with, and its environment but for what it
    is given on purpose; `ours` has the names of more such variables by kind of program.

    Those of other checkouts are not ours to judge: each rehearsal has the same made-up secrets.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            lines = (folder / "environ").read_bytes().split(b"\0")
            cwd = (folder / "cwd").readlink()
        except OSError:  # gone, or another user's
            continue
        if cwd not in {root, Path.cwd()} and (cwd / "staging.toml").exists():
            continue
        if not words[0]:  # about to be another program, and to be seen as such
            continue
        environment = dict(line.partition(b"=")[::2] for line in lines if line)
        who = kind(words, environment)
        own = OWN.get(who, set()) | ours.get(who, set())
        rest = [(f"{who} {k.decode(errors='replace')}", v) for k, v in environment.items()]
        yield (
            int(folder.name),
            [(f"argv of {who}", b" ".join(words))],
            [(name, text) for name, text in rest if name.rpartition(" ")[2] not in own],
        )


def kind(words: Sequence[bytes], environment: Mapping[bytes, bytes]) -> str:
    """What a process is, by how it was started."""
    if b"FLY_MACHINE_ID" in environment:
        return "machine"
    told = b" ".join(words)
    for name, mark in MARKS:
        if mark in told:
            return name
    return Path(words[0].decode(errors="replace")).name or "?"


MARKS = (
    ("supervisor", b"rehearsal.supervisor"),
    ("flyctl", b"bin/flyctl"),
    ("flyctl", b"from rehearsal.fly."),
    ("supabase", b"bin/supabase"),
    ("supabase", b"from rehearsal.supabase."),
    ("pg_dump", b"pg_dump"),
    ("task", b"-m invoke"),
    ("nox", b"-m nox"),
    ("session", b"pytest"),
    ("session", b"loadtests"),
    ("session", b"staging.attached"),
)
