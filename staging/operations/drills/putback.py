"""What a drill must put back: written down before it is changed, forgotten once it is as it was.

A drill that was killed leaves the list, and whichever drill comes next works it off first.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from staging.clouds import postgres
from staging.clouds.postgres import rows
from staging.errors import ConfigurationError, StagingError
from staging.inventory import AUTH, Machine
from staging.operations import access, lock, reach, unfinished
from staging.operations.credentials import private_folder, write_private
from staging.operations.drills import accounts, jobs
from staging.operations.opening import Clouds
from staging.operations.rehearsing import keeping
from staging.operations.restoring import restore
from staging.operations.steps import note
from staging.operations.wanted import the_project
from staging.rules.bundles import Bundle
from staging.settings import Settings

WRITABLE = "set default_transaction_read_only = off"
RESET = """do $$ begin execute format(
'alter database %I reset default_transaction_read_only', current_database()); end $$"""
MADE = """
select id::text, status::text in ('completed', 'failed', 'cancelled') from public.jobs j
where to_jsonb(j) ->> 'user_id' = any(%s) and created_at >= %s::timestamptz
"""
REMOVE = (
    "delete from public.job_share_links where job_id::text = any(%s)",
    "delete from public.tasks where job_id::text = any(%s)",
    "delete from public.notifications n where right(to_jsonb(n) ->> 'link', 36) = any(%s)",
    "delete from public.jobs where id::text = any(%s)",
)
"""As smoke removes what it made; the tables that lean on others come first."""


class Journal:
    """The list of one drill, kept in .staging/ until all of it is put back."""

    def __init__(self, settings: Settings, drill: str) -> None:
        self._settings, self._path = settings, _path(settings)
        self._known: dict[str, Any] = {"drill": drill, "since": lock.now(), "who": lock.who()}
        self._entries: list[dict[str, Any]] = []

    def will(self, kind: str, *, last: bool = False, **what: Any) -> None:
        """About to change this, which `what` puts back: before all that is listed, or `last`."""
        self._entries.insert(0 if last else len(self._entries), {"kind": kind, **what})
        self._write()

    def back(self, clouds: Clouds, *, kind: str = "") -> tuple[list[str], list[str]]:
        """Put all back (or all of a kind), the last first: what was done, what could not be."""
        done, failed = list[str](), list[str]()
        left: list[dict[str, Any]] = []
        for entry in reversed(self._entries):
            if kind not in ("", entry["kind"]):
                left.insert(0, entry)
                continue
            try:
                done += [told for told in [KINDS[entry["kind"]](clouds, entry)] if told]
            except StagingError as error:
                failed.append(f"{entry['kind']}: {error.problem} {error.detail}".strip())
                left.insert(0, entry)
        self._entries = left
        self._write()
        return done, failed

    def _write(self) -> None:
        if not self._entries:
            self._path.unlink(missing_ok=True)
            return
        private_folder(self._settings.kept)
        text = json.dumps({**self._known, "entries": self._entries}, indent=1)
        write_private(self._path, text)

    @classmethod
    def standing(cls, settings: Settings) -> "Journal | None":
        """What an earlier drill has left, if it has."""
        try:
            found = json.loads(_path(settings).read_text("utf-8"))
            journal = cls(settings, str(found["drill"]))
            journal._known = {k: str(found[k]) for k in ("drill", "since", "who")}
            journal._entries = [dict(entry) for entry in found["entries"]]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ConfigurationError(
                f"{_path(settings)} cannot be read: what a drill has left is not known.",
                detail=repr(error),
                remedy="Run `invoke parity` to see what differs, mend that, and remove the file.",
            ) from None
        return journal

    def __str__(self) -> str:
        return "drill {drill} of {who}, begun {since}, did not come to its end".format(
            **self._known
        )


def outstanding(clouds: Clouds) -> tuple[str, ...]:
    """Put back what a drill that was killed had left; what cannot be, is an error."""
    if (journal := Journal.standing(clouds.settings)) is None:
        return ()
    note(f"  {journal}: what it changed is put back first.")
    done, failed = journal.back(clouds)
    if failed:
        raise StagingError(f"What {journal} cannot be put back.", detail="; ".join(failed))
    return (f"{journal}; put back: {', '.join(done) or 'nothing was left to do'}",)


def _path(settings: Settings) -> Path:
    return settings.kept / f"drilling-{settings.staging.app}.json"


def of_image(bundle: Bundle, machines: tuple[Machine, ...]) -> dict[str, Any]:
    """What it takes to bring an image back."""
    return {"bundle": asdict(bundle), "machines": {m.id: m.process_group for m in machines}}


def _image(clouds: Clouds, entry: Mapping[str, Any]) -> str:
    bundle, app = Bundle(**entry["bundle"]), clouds.settings.staging.app
    machines = clouds.fly.machines(app)
    same = {m.digest for m in machines} == {bundle.digest}
    standing = unfinished.read(clouds.settings, app)
    if same and standing is None and len(machines) == len(entry["machines"]):
        return ""
    restore(clouds, bundle, machines=entry["machines"], command="invoke drill, putting back")
    return f"image {bundle.tagged or bundle.image}"


def _machines(clouds: Clouds, entry: Mapping[str, Any]) -> str:
    app = clouds.settings.staging.app
    now = {m.id for m in clouds.fly.machines(app) if m.state == "stopped"}
    stopped = [id_ for id_ in entry["ids"] if id_ in now]
    for id_ in stopped:
        clouds.fly.start(app, id_)
    return f"started {', '.join(stopped)}" if stopped else ""


def _writable(clouds: Clouds, _: Mapping[str, Any]) -> str:
    with postgres.connect(_where(clouds), read_only=False) as connection:
        connection.autocommit = True
        postgres.script(connection, WRITABLE)
        postgres.script(connection, RESET)
    return "the database takes writes"


def _auth(clouds: Clouds, entry: Mapping[str, Any]) -> str:
    seconds = int(entry["jwt_exp"])
    clouds.supabase.services().apply(the_project(clouds), AUTH, {"jwt_exp": seconds})
    return f"tokens are good for {seconds} s"


def _jobs(clouds: Clouds, entry: Mapping[str, Any]) -> str:
    owners, since, where = list(entry["owners"]), str(entry["since"]), _where(clouds)
    with postgres.connect(where, read_only=True) as connection:
        found = rows(connection, MADE, owners, since)
    if open_ := [id_ for id_, ended in found if not ended]:
        project = the_project(clouds)
        url = reach.application_url(clouds, clouds.fly.app(clouds.settings.staging.app))
        jobs.cancel(url, accounts.signed_in(clouds, project), open_)
    ids = [id_ for id_, _ in found]
    with postgres.connect(where, read_only=False) as connection:
        for statement in REMOVE:
            connection.execute(statement, (ids,))
    return f"{len(ids)} jobs removed" if ids else ""


def _migration(clouds: Clouds, entry: Mapping[str, Any]) -> str:
    """Only what a migration should not have left."""
    with postgres.connect(_where(clouds), read_only=False) as connection:
        connection.execute("drop table if exists public.staging_drill_half_way")
        gone = connection.execute(
            "delete from supabase_migrations.schema_migrations where version = %s",
            (entry["version"],),
        )
        return "the half migration" if gone.rowcount else ""


def kept_schema(settings: Settings) -> Path:
    """Where a trial of migrations keeps staging's schema and rows until they are put back."""
    return settings.kept / f"kept-{settings.staging.app}"


def _schema(clouds: Clouds, _: Mapping[str, Any]) -> str:
    """What a trial of migrations kept; it was proved not to be production's before."""
    folder, where = kept_schema(clouds.settings), _where(clouds)
    changed = keeping.changed(where, folder)
    if changed:
        keeping.put_back(where, folder)
    keeping.forget(folder)
    return "schema and rows" if changed else ""


def _where(clouds: Clouds) -> postgres.Address:
    password = access.database_password(clouds)
    return reach.staging_database(clouds, the_project(clouds), password)


KINDS: Mapping[str, Callable[[Clouds, Mapping[str, Any]], str]] = {
    "image": _image,
    "machines": _machines,
    "read-only": _writable,
    "auth": _auth,
    "jobs": _jobs,
    "migration": _migration,
    "schema": _schema,
}
