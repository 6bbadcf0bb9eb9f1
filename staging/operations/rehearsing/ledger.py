"""The locks of one file: when each was taken, in which statement, and when it was let go."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from staging.clouds.tracing import EVERY, Lock, Relation, Sighting
from staging.operations.rehearsing.alone import Stood
from staging.rules.traced import Held, Seen

Sightings = Mapping[tuple[int, str], Sighting]


@dataclass(slots=True)
class _Entry:
    relation: int
    mode: str
    statement: int
    taken: float
    last: int = 0
    held: float = 0.0
    seen: Seen = "own"


@dataclass(slots=True)
class Ledger:
    """Kept while a file runs. Times are time.monotonic's, until the result counts from `began`."""

    began: float
    _open: dict[tuple[int, str], _Entry] = field(default_factory=dict)
    _closed: list[_Entry] = field(default_factory=list)

    def look(
        self,
        locks: Iterable[Lock],
        seen: Sightings,
        *,
        statement: int,
        started: float,
        ended: float,
    ) -> None:
        """What the session has after a statement: what is new was taken by that one.

        `ended` is when another session last looked: what it never saw came after that. What it saw
        and what is there no more was let go of with a part that was rolled back.
        """
        kept = {(lock.relation, lock.mode) for lock in locks if lock.granted}
        for key in kept - self._open.keys():
            since = seen[key].first if key in seen else ended
            taken = max(started, since)
            self._open[key] = _Entry(*key, statement=statement, taken=taken)
        self._strays(seen, kept | self._open.keys(), statement=statement, started=started)

    def release(self, *, last: int, now: float) -> None:
        """The transaction is over: whatever it had is free."""
        for entry in self._open.values():
            entry.last, entry.held = last, now - entry.taken
            self._closed.append(entry)
        self._open.clear()

    def stood(self, stood: Stood, seen: Sightings, *, statement: int, started: float) -> None:
        """What was seen of a statement that held still, and of its rest."""
        keys = set()
        for lock in stood.locks:
            key = lock.relation, lock.mode
            keys.add(key)
            sight = seen.get(key, Sighting(started, started + stood.seconds, granted=True))
            still = (stood.released - stood.still) if lock.granted else 0.0
            since = max(sight.first, started) if lock.granted else stood.released
            held = sight.last - since - still if sight.last > since else stood.seconds
            kind: Seen = "watched" if lock.granted else "requested"
            held = min(max(held, 0.0), stood.seconds)
            self._closed.append(_Entry(*key, statement, since, statement, held, kind))
        self._strays(seen, keys, statement=statement, started=started)

    def result(self, known: Mapping[int, Relation], before: frozenset[int]) -> tuple[Held, ...]:
        """All of them by the names of what they were on."""
        found = sorted(self._closed, key=lambda e: (e.taken, e.relation, e.mode))
        return tuple(self._held(entry, known, before) for entry in found if entry.relation in known)

    def _held(self, entry: _Entry, known: Mapping[int, Relation], before: frozenset[int]) -> Held:
        relation = known[entry.relation]
        return Held(
            object=relation.name,
            of=known[relation.of].name if relation.of in known else "",
            mode=entry.mode,
            statement=entry.statement,
            last=entry.last,
            taken=round(entry.taken - self.began, 4),
            held=round(entry.held, 4),
            new=entry.relation not in before,
            seen=entry.seen,
        )

    def _strays(
        self, seen: Sightings, kept: Collection[tuple[int, str]], *, statement: int, started: float
    ) -> None:
        """What was let go before the session could look: seen by chance, from outside alone."""
        for key, sight in seen.items():
            if key not in kept and sight.granted and sight.last > started:
                since = max(sight.first, started)
                held = sight.last - since + EVERY
                self._closed.append(_Entry(*key, statement, since, statement, held, "watched"))
