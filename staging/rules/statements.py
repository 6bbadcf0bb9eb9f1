"""A file of SQL as PostgreSQL's own parser reads it. Pure."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pglast import ast

ENDS = {"TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_BEGIN", "TRANS_STMT_START"}
VALUES = ("sval", "boolval", "ival")
SWALLOWS = re.compile(r"\bexception\s+when\b", re.IGNORECASE)
DYNAMIC = re.compile(r"\bexecute\b", re.IGNORECASE)


class Unparsed(ValueError):
    """The text is no SQL that PostgreSQL would take; says where and why."""

    def __init__(self, line: int, told: str) -> None:
        super().__init__(f"line {line}: {told}")
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. `line` counts from 1; `tree` is what the parser made of it.

    `alone`: PostgreSQL runs it outside of transactions only. `ends`: it begins or ends one.
    `swallows`: an error in it may be caught, and what it had locked until then be let go.
    """

    number: int
    line: int
    text: str
    kind: str
    alone: bool
    ends: bool
    swallows: bool
    tree: Any = field(repr=False, compare=False)


def statements(text: str) -> tuple[Statement, ...]:
    """Each statement of the text, exactly as it is written there."""
    from pglast.parser import ParseError, parse_sql, split

    try:
        slices = split(text, only_slices=True)
        trees = [raw.stmt for raw in parse_sql(text)]
    except ParseError as error:
        raise _unparsed(text, error) from None
    return tuple(
        _statement(number, text, piece.start, text[piece], tree)
        for number, (piece, tree) in enumerate(zip(slices, trees, strict=True), start=1)
    )


def comparable(text: str) -> str:
    """The text as its words, without comments and spaces: equal if nobody edited it."""
    from pglast.parser import ParseError, scan

    if not text.strip():
        return ""
    try:
        tokens = [t for t in scan(text) if "COMMENT" not in t.name]
    except ParseError:
        return " ".join(text.split())
    words = [text[t.start : t.end + 1] for t in tokens]
    return " ".join(word for word in words if word != ";")


def relations(statement: Statement) -> tuple[str, ...]:
    """The relations that are named anywhere in it, as schema.name or name."""
    from pglast.visitors import Visitor

    found: list[str] = []

    class Names(Visitor):
        def visit_RangeVar(self, _: object, node: "ast.RangeVar") -> None:  # noqa: N802 - pglast's
            found.append(".".join(filter(None, (node.schemaname, node.relname))))

    Names()(statement.tree)
    return tuple(dict.fromkeys(found))


def _statement(number: int, text: str, start: int, piece: str, tree: Any) -> Statement:  # noqa: ANN401
    kind = type(tree).__name__.removesuffix("Stmt")
    body = piece if kind in {"Do", "CreateFunction"} else ""
    return Statement(
        number=number,
        line=text.count("\n", 0, start) + 1,
        text=piece,
        kind=kind,
        alone=_alone(kind, tree),
        ends=kind == "Transaction" and tree.kind.name in ENDS,
        swallows=kind == "Do" and bool(SWALLOWS.search(body)),
        tree=tree,
    )


def _alone(kind: str, tree: Any) -> bool:  # noqa: ANN401
    """As PostgreSQL's PreventInTransactionBlock has it."""
    if kind in {"Index", "Drop"}:
        return bool(tree.concurrent)
    if kind == "Vacuum":
        return bool(tree.is_vacuumcmd)
    if kind == "Reindex":
        whole = tree.kind.name in {"REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_DATABASE"}
        return whole or any(_concurrently(each) for each in tree.params or ())
    if kind == "Cluster":
        return tree.relation is None
    if kind == "AlterTable":
        return any(_detaches(command) for command in tree.cmds)
    return kind in {"Createdb", "Dropdb", "AlterSystem", "CreateTableSpace", "DropTableSpace"}


def _concurrently(option: Any) -> bool:  # noqa: ANN401
    """CONCURRENTLY, or as an option with a value."""
    value = next((getattr(option.arg, n) for n in VALUES if hasattr(option.arg, n)), "on")
    off = str(value).lower() in {"false", "off", "0"}
    return option.defname == "concurrently" and not off


def _detaches(command: Any) -> bool:  # noqa: ANN401
    return command.subtype.name == "AT_DetachPartition" and bool(command.def_.concurrent)


def _unparsed(text: str, error: Exception) -> Unparsed:
    place = next((each for each in error.args[1:] if isinstance(each, int)), 0)
    return Unparsed(text.count("\n", 0, place) + 1, str(error.args[0]))
