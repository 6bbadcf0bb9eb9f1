"""Each file made to fail at each of its statements: what of it stays, and how to go on."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from staging.clouds import catalog, postgres, tracing
from staging.clouds.postgres import Address
from staging.clouds.tracing import Holding, Relation
from staging.inventory import Catalog
from staging.operations.rehearsing.alone import WRITER, run, table_of
from staging.rules.halves import NOTHING, go_on, left
from staging.rules.statements import Statement
from staging.rules.traced import Broken

if TYPE_CHECKING:
    from psycopg import Connection

MOST = 40
"""Statements of one transaction that are made to fail; of more, the first and the last ones."""

INJECTED = "do $$ begin raise exception 'injected'; end $$"
SOON = "50ms"


def broken(where: Address, files: Mapping[str, Sequence[Statement]]) -> tuple[Broken, ...]:
    """Break each file, then apply it, so that the next one finds what it needs."""
    found: list[Broken] = []
    with postgres.told(where):
        session = postgres.opened(where, read_only=False)
        session.autocommit = True
        try:
            session.execute("set client_min_messages = error")
            for name, statements in files.items():
                breaking = _Breaking(where, session, name)
                found += breaking.done(statements)
                if breaking.stopped:
                    break
        finally:
            session.close()
    return tuple(found)


@dataclass(slots=True)
class _Breaking:
    where: Address
    session: "Connection[Any]"
    file: str
    before: Catalog = field(default_factory=dict)
    since: list[Statement] = field(default_factory=list)
    committed: bool = False
    stopped: bool = False

    def done(self, statements: Sequence[Statement]) -> list[Broken]:
        """A failure before each statement, and once more within those that stand alone."""
        if any(statement.alone or statement.ends for statement in statements):
            self.before = self._catalog()
        found = []
        for statement in statements:
            if statement.alone:
                self._commit()
                found.append(self._before(statement))
                found += self._within(statement)
            elif len(self.since) < MOST:
                found.append(self._before(statement))
            if not self._go_on(statement):
                break
        self._commit()
        return found

    def _go_on(self, statement: Statement) -> bool:
        if statement.alone:
            failed: list[str] = []
            run(self.session, statement.text, failed)
            self.committed = True
        else:
            failed = self._apply([statement])
            self.since.append(statement)
        if self._idle():
            self.committed = True
            self.since.clear()
        if failed:
            self.session.rollback()
            self.since.clear()
            self.stopped = True
        return not failed

    def _before(self, statement: Statement) -> Broken:
        """What has run since the last commit is lost; it is run once more afterwards."""
        self._apply([])
        transaction = postgres.rows(self.session, "select pg_current_xact_id_if_assigned()::text")
        run(self.session, INJECTED, [])
        self.session.execute("rollback")
        how = f"an error at statement {statement.number}"
        if self.committed or not self._aborted(transaction[0][0]):
            found = self._told(statement, how)
        else:
            found = Broken(
                file=self.file, statement=statement.number, how=how, left=(), go_on=NOTHING
            )
        if self.since:
            self._apply(self.since)
        return found

    def _aborted(self, transaction: str | None) -> bool:
        """Whether the server says that nothing of a transaction is left: that is quickly asked."""
        if transaction is None:
            return True
        status = postgres.rows(self.session, "select pg_xact_status(%s::xid8)", transaction)
        return bool(status[0][0] == "aborted")

    def _within(self, statement: Statement) -> list[Broken]:
        """A writer is in its way for longer than lock_timeout allows."""
        known = tracing.relations(self.session)
        table = table_of(self.session, statement, known)
        if not table:
            return []
        failed: list[str] = []
        with Holding(self.where, table, WRITER):
            self.session.execute(f"set lock_timeout = '{SOON}'")
            run(self.session, statement.text, failed)
            self.session.execute("reset lock_timeout")
        if not failed:
            return []
        how = f"a lock that statement {statement.number} waits for longer than lock_timeout"
        found = self._told(statement, how)
        self._tidy(known)
        return [found]

    def _tidy(self, known: Mapping[int, Relation]) -> None:
        """An index that is left invalid goes, so that the statement can be run."""
        from psycopg import sql

        for each in tracing.relations(self.session).values():
            if not each.valid and each.oid not in known:
                words = sql.SQL("drop index {}").format(sql.SQL(each.name))
                self.session.execute(words)

    def _told(self, statement: Statement, how: str) -> Broken:
        found = left(self.before, self._catalog())
        return Broken(
            file=self.file,
            statement=statement.number,
            how=how,
            left=found,
            go_on=go_on(found, file=self.file),
        )

    def _apply(self, statements: Sequence[Statement]) -> list[str]:
        failed: list[str] = []
        if self._idle():
            self.session.execute("begin")
        for statement in statements:
            run(self.session, statement.text, failed)
            if failed:
                break
        return failed

    def _commit(self) -> None:
        self.committed = self.committed or bool(self.since)
        if not self._idle():
            with suppress(Exception):
                self.session.execute("commit")
        self.since.clear()

    def _catalog(self) -> Catalog:
        """As others see it: what is not committed is not there."""
        with postgres.connect(self.where, read_only=True) as beside:
            return catalog.read(beside)

    def _idle(self) -> bool:
        return self.session.info.transaction_status == 0
