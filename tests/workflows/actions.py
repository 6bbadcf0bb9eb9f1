"""What each `uses:` does on GitHub, as far as the steps after it can tell. One entry for each."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.rehearsed.checkout import ROOT
from tests.workflows.running import Job

Effect = Callable[[Job, Mapping[str, str]], None]


def effects(*, remote: Path, programs: Path, before: Path | None = None) -> Mapping[str, Effect]:
    """By the action's name; `remote` is the bare repository, `programs` has flyctl and supabase."""

    def checkout(job: Job, given: Mapping[str, str]) -> None:
        """A clean clone at the event's commit, without the history, and without a token."""
        assert given.get("persist-credentials") == "false"
        commit = given.get("ref") or job.given.github["sha"]
        depth = ["--depth=1"] if given.get("fetch-depth", "1") != "0" else []
        git("init", "--quiet", str(job.place))
        git("-C", str(job.place), "fetch", "--quiet", *depth, f"file://{remote}", commit)
        git("-C", str(job.place), "checkout", "--quiet", "FETCH_HEAD")

    def python(job: Job, given: Mapping[str, str]) -> None:
        """This very Python, whatever version was asked for: it has what requirements.txt names."""
        assert given["python-version"]
        job.path += [str(ROOT / ".nox" / "actionlint"), str(Path(sys.executable).parent)]
        job.path += [str(before)] if before else []

    def program(name: str) -> Effect:
        def there(job: Job, _: Mapping[str, str]) -> None:
            folder = job.home / f"setup-{name}"
            folder.mkdir()
            (folder / name).symlink_to(programs / name)
            job.path.append(str(folder))

        return there

    def upload(job: Job, given: Mapping[str, str]) -> None:
        source, kept = job.place / given["path"], job.given.artifacts / given["name"]
        if source.exists():
            shutil.copytree(source, kept, dirs_exist_ok=True)
        else:
            assert given.get("if-no-files-found") in {"ignore", "warn"}, f"{source} is not there"

    def download(job: Job, given: Mapping[str, str]) -> None:
        place = job.place / given.get("path", ".")
        shutil.copytree(job.given.artifacts / given["name"], place, dirs_exist_ok=True)

    return {
        "actions/checkout": checkout,
        "actions/setup-python": python,
        "actions/upload-artifact": upload,
        "actions/download-artifact": download,
        "superfly/flyctl-actions/setup-flyctl": program("flyctl"),
        "supabase/setup-cli": program("supabase"),
    }


def git(*words: str) -> str:
    """Git as nobody in particular, so that no setting of this machine matters."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    quiet = ("-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false")
    done = subprocess.run(
        ["git", *who, *quiet, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
