"""What squawk has no rule for: security that is taken away, and work that locks people out. Pure.

Each hazard looks at one statement as the parser made it, and says what is wrong with it, or "".
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from staging.rules.statements import Statement

Look = Callable[[Statement], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A rule of ours: `look` says what is wrong with a statement, "" if nothing is."""

    name: str
    look: Look


def drop_policy(statement: Statement) -> str:
    """Without it rows are hidden that were seen, or seen that were hidden."""
    dropped = statement.kind == "Drop" and statement.tree.removeType.name == "OBJECT_POLICY"
    return "Dropping a policy changes at once who sees which rows" if dropped else ""


def policy_for_all(statement: Statement) -> str:
    """USING (true) or WITH CHECK (true)."""
    if statement.kind not in {"CreatePolicy", "AlterPolicy"}:
        return ""
    tree = statement.tree
    restrictive = statement.kind == "CreatePolicy" and not tree.permissive
    if restrictive or not any(map(_true, (tree.qual, tree.with_check))):
        return ""
    who = [each.rolename or each.roletype.name for each in tree.roles or ()]
    if who == ["service_role"]:
        return ""
    return "A policy that is true lets everybody it is for at every row"


def row_security_off(statement: Statement) -> str:
    """DISABLE, or NO FORCE."""
    off = {"AT_DisableRowSecurity", "AT_NoForceRowSecurity"} & _commands(statement)
    return "Without row level security every role with a grant sees all rows" if off else ""


def trigger_off(statement: Statement) -> str:
    """DISABLE TRIGGER, and the setting that does so for all."""
    commands = _commands(statement)
    if any(each.startswith("AT_DisableTrig") or each == "AT_DisableRule" for each in commands):
        return "What the trigger keeps right is not kept while it is off, for anybody"
    sets = statement.kind == "VariableSet" and statement.tree.name == "session_replication_role"
    return "It turns off triggers and foreign keys for the rest of the file" if sets else ""


def revoke(statement: Statement) -> str:
    """The running version may need it."""
    taken = statement.kind in {"Grant", "GrantRole"} and not statement.tree.is_grant
    return "The running version of the application may need what is revoked" if taken else ""


def vacuum_full(statement: Statement) -> str:
    """A copy of the table, under the lock that stops everybody."""
    if statement.kind == "Vacuum":
        full = any(option.defname == "full" for option in statement.tree.options or ())
        return "VACUUM FULL copies the table while nobody can read it" if full else ""
    told = "CLUSTER copies the table while nobody can read it"
    return told if statement.kind == "Cluster" else ""


def refresh_blocking(statement: Statement) -> str:
    """Without CONCURRENTLY nobody reads the view meanwhile."""
    blocks = statement.kind == "RefreshMatView" and not statement.tree.concurrent
    return "Nobody can read the materialized view while it is refreshed" if blocks else ""


def every_row(statement: Statement) -> str:
    """UPDATE or DELETE without WHERE."""
    if statement.kind not in {"Update", "Delete"} or statement.tree.whereClause is not None:
        return ""
    done = "changed" if statement.kind == "Update" else "lost"
    return f"Every row is {done}, in one transaction, and locked until its end"


def lock_table(statement: Statement) -> str:
    """LOCK TABLE by hand."""
    if statement.kind != "Lock" or statement.tree.mode < STOPS_WRITERS:
        return ""
    return "The lock is kept until the end of the file"


STOPS_WRITERS = 5  # ShareLock, as PostgreSQL numbers its modes


def definer_path(statement: Statement) -> str:
    """SECURITY DEFINER without a search_path of its own."""
    if statement.kind != "CreateFunction":
        return ""
    options = {option.defname: option.arg for option in statement.tree.options or ()}
    sets = [o.arg.name for o in statement.tree.options or () if o.defname == "set"]
    definer = "security" in options and options["security"].boolval
    if not definer or "search_path" in sets:
        return ""
    return "A caller's search_path decides what a SECURITY DEFINER function calls"


def cascade(statement: Statement) -> str:
    """DROP … CASCADE takes away what nobody named."""
    drops = statement.kind == "Drop" and statement.tree.behavior.name == "DROP_CASCADE"
    return "CASCADE drops what depends on it, whatever that is in production" if drops else ""


HAZARDS = (
    Hazard(name="drop-policy", look=drop_policy),
    Hazard(name="policy-for-all-rows", look=policy_for_all),
    Hazard(name="row-security-off", look=row_security_off),
    Hazard(name="trigger-off", look=trigger_off),
    Hazard(name="revoke", look=revoke),
    Hazard(name="vacuum-full", look=vacuum_full),
    Hazard(name="refresh-blocks-readers", look=refresh_blocking),
    Hazard(name="every-row", look=every_row),
    Hazard(name="lock-table", look=lock_table),
    Hazard(name="definer-search-path", look=definer_path),
    Hazard(name="drop-cascade", look=cascade),
)
BARE = "table-without-row-security"


def guarded(statements: Iterable[Statement]) -> set[str]:
    """The tables for which row level security is turned on."""
    return {s.tree.relation.relname for s in statements if "AT_EnableRowSecurity" in _commands(s)}


def bare_tables(statements: Iterable[Statement], guards: Collection[str]) -> Mapping[int, str]:
    """Tables of schema public that are made and not guarded by any file, by the statement's number.

    Supabase serves that schema: whoever has the publishable key reads such a table.
    """
    return {
        s.number: f"Anybody with the publishable key can read {s.tree.relation.relname}"
        for s in statements
        if s.kind == "Create"
        and s.tree.relation.schemaname in (None, "public")
        and s.tree.relation.relpersistence != "t"
        and s.tree.relation.relname not in guards
    }


def _commands(statement: Statement) -> set[str]:
    if statement.kind != "AlterTable":
        return set()
    return {command.subtype.name for command in statement.tree.cmds}


def _true(expression: Any) -> bool:  # noqa: ANN401 - a node of the parser's
    value = getattr(expression, "val", None)
    return bool(getattr(value, "boolval", False))
