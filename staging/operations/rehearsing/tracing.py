"""One file applied as `supabase db push` does it, with what each statement takes and leaves."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from staging.clouds import postgres, tracing
from staging.clouds.postgres import Address
from staging.clouds.tracing import Relation, Watch
from staging.operations.rehearsing.alone import run, stand
from staging.operations.rehearsing.ledger import Ledger
from staging.rules.statements import Statement
from staging.rules.traced import Ran, Rewritten, Traced

if TYPE_CHECKING:
    from psycopg import Connection

SHOWN = 2000  # characters of a statement that are kept
KINDS = {"r": "table", "m": "materialized view", "i": "index"}
SWALLOWS = "what it locks and lets go again where it catches an error is seen by chance"
ENDS = "the file begins or ends transactions itself: what a failure leaves is not the program's"


@dataclass(slots=True)
class Tracer:
    """A session that applies files, and looks at itself after each statement."""

    where: Address
    limits: Mapping[str, str]
    session: "Connection[Any]" = field(init=False)

    def __enter__(self) -> "Tracer":
        self.session = postgres.opened(self.where, read_only=False, limits=False)
        self.session.autocommit = True  # as the program has it, by whom BEGIN is a statement
        self.session.execute("set client_min_messages = error")
        for name, value in self.limits.items():
            self.session.execute("select set_config(%s, %s, false)", (name, value))
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):
            self.session.close()

    def apply(self, file: str, statements: Sequence[Statement]) -> Traced:
        """Apply one file; one that fails is rolled back as far as that goes."""
        with (
            postgres.told(self.where),
            Watch(self.where, self.session.info.backend_pid, self.session.cancel) as watch,
        ):
            return _Application(self.where, self.session, watch, file).done(statements)


@dataclass(slots=True)
class _Application:
    where: Address
    session: "Connection[Any]"
    watch: Watch
    file: str
    ledger: Ledger = field(default_factory=lambda: Ledger(time.monotonic()))
    known: dict[int, Relation] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    def done(self, statements: Sequence[Statement]) -> Traced:
        """All of it, as far as it goes."""
        self.known = tracing.relations(self.session)
        before, temporary = dict(self.known), tracing.temporary(self.session)
        self.ledger.began = time.monotonic()
        self._begin()
        for statement in statements:
            self._one(statement)
            if self.ran[-1].error:
                break
        commit = self._end()
        seconds = time.monotonic() - self.ledger.began
        tracing.flush(self.session)
        return Traced(
            file=self.file,
            transactional=not any(s.alone or s.ends for s in statements),
            seconds=round(seconds, 4),
            commit=round(commit, 4),
            statements=tuple(self.ran),
            locks=self.ledger.result({**self.known, **before}, frozenset(before)),
            temporary=tracing.temporary(self.session) - temporary,
            blind=tuple(self.blind),
            error=self.ran[-1].error if self.ran else "",
        )

    def _one(self, statement: Statement) -> None:
        if statement.alone and not self._idle():
            self._end(last=statement.number - 1)
        wal = tracing.written(self.session)
        before = tracing.touched(self.session)
        started = time.monotonic()
        seconds, error = self._run(statement, started)
        whole = not error or self._idle()
        self._locks(statement, started, seconds, failed=bool(error))
        self.ran.append(
            Ran(
                number=statement.number,
                line=statement.line,
                text=statement.text[:SHOWN],
                kind=statement.kind,
                alone=statement.alone,
                started=round(started - self.ledger.began, 4),
                seconds=round(seconds, 4),
                error=error,
                **(self._left(wal, before) if whole else {}),
            )
        )
        self._blind(statement)
        if self._idle() and not error:
            self._begin()

    def _locks(self, statement: Statement, started: float, seconds: float, *, failed: bool) -> None:
        """What it has now that it had not, or nothing any more if its transaction is over."""
        if self._idle():
            self.ledger.release(last=statement.number, now=started + seconds)
        elif not failed:
            ended, seen = self.watch.looked, self.watch.take()
            locks = tracing.held(self.session, self.session.info.backend_pid)
            self.ledger.look(locks, seen, statement=statement.number, started=started, ended=ended)

    def _run(self, statement: Statement, started: float) -> tuple[float, str]:
        if statement.alone:
            self.watch.take()
            stood = stand(self.where, self.session, statement, known=self.known)
            self.ledger.stood(stood, self.watch.take(), statement=statement.number, started=started)
            if stood.blind:
                self._note(statement, stood.blind)
            return stood.seconds, stood.error
        failed: list[str] = []
        run(self.session, statement.text, failed)
        return time.monotonic() - started, "".join(failed)

    def _left(self, wal: int, before: tuple[int, int]) -> dict[str, Any]:
        """What a statement touched, wrote and left, as the session sees it after it."""
        log = tracing.written(self.session) - wal
        rows, scanned = tracing.touched(self.session)
        now = tracing.relations(self.session)
        found = {
            "rows": max(0, rows - before[0]),
            "scanned": max(0, scanned - before[1]),
            "wal": log,
            "rewritten": self._rewritten(now),
            "invalid": self._invalid(now),
        }
        self.known |= now
        return found

    def _rewritten(self, now: Mapping[int, Relation]) -> tuple[Rewritten, ...]:
        found = []
        for each in now.values():
            old = self.known.get(each.oid)
            built = old is None and each.kind == "i" and each.of in self.known
            anew = old is not None and each.node is not None and old.node != each.node
            if (built or anew) and each.kind in KINDS:
                size = tracing.size(self.session, each.oid)
                found.append(Rewritten(object=each.name, kind=KINDS[each.kind], bytes=size))
        return tuple(found)

    def _invalid(self, now: Mapping[int, Relation]) -> tuple[str, ...]:
        was = {each.oid for each in self.known.values() if not each.valid}
        return tuple(e.name for e in now.values() if not e.valid and e.oid not in was)

    def _blind(self, statement: Statement) -> None:
        if statement.swallows:
            self._note(statement, SWALLOWS)
        if statement.ends:
            self._note(statement, ENDS)

    def _note(self, statement: Statement, told: str) -> None:
        self.blind.append(f"{self.file}, statement {statement.number}: {told}")

    def _begin(self) -> None:
        self.session.execute("begin")

    def _end(self, *, last: int | None = None) -> float:
        """COMMIT, which is ROLLBACK after an error; how long it took."""
        started = time.monotonic()
        failed: list[str] = []
        run(self.session, "commit", failed)
        returned = time.monotonic()
        now = self.watch.free if started < self.watch.free < returned else returned
        if failed and self.ran:  # a constraint that was deferred until now
            self.ran[-1] = _with_error(self.ran[-1], failed[0])
        self.ledger.release(last=last or (self.ran[-1].number if self.ran else 0), now=now)
        return now - started

    def _idle(self) -> bool:
        return self.session.info.transaction_status == 0


def _with_error(ran: Ran, error: str) -> Ran:
    from dataclasses import replace

    return replace(ran, error=error)
