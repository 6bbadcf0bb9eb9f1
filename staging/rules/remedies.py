"""How bad each finding is, and the form that is safe instead. Data only.

`size` is as bad as the table is large in production; `ban` is bad at any size; `style` costs nobody
anything now. Squawk calls all of its findings warnings.
"""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["size", "ban", "warn", "style"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A rule's weight, and what to write instead."""

    weight: Weight
    instead: str


EXPAND = (
    "Expand, deploy, contract: add the new beside the old, write both, deploy a version that reads "
    "the new, and take the old away in a later release."
)
VALIDATE = (
    "alter table T add constraint C … not valid;  -- and in a later migration:\n"
    "alter table T validate constraint C;"
)
REMEDIES: dict[str, Remedy] = {
    "require-concurrent-index-creation": Remedy(
        "size", "create index concurrently I on T (…);  -- in a file of its own"
    ),
    "require-concurrent-index-deletion": Remedy(
        "size", "drop index concurrently I;  -- in a file of its own"
    ),
    "require-concurrent-reindex": Remedy("size", "reindex index concurrently I;"),
    "require-concurrent-partition-detach": Remedy(
        "size", "alter table T detach partition P concurrently;  -- in a file of its own"
    ),
    "constraint-missing-not-valid": Remedy("size", VALIDATE),
    "adding-foreign-key-constraint": Remedy("size", VALIDATE),
    "adding-field-with-default": Remedy(
        "size",
        "alter table T add column C …;  -- without the default; then\n"
        "alter table T alter column C set default …;  -- and fill old rows in batches",
    ),
    "adding-not-nullable-field": Remedy(
        "size",
        "alter table T add constraint C check (COLUMN is not null) not valid;\n"
        "alter table T validate constraint C;  -- in a later migration, then\n"
        "alter table T alter column COLUMN set not null;  -- which trusts the constraint",
    ),
    "adding-serial-primary-key-field": Remedy(
        "size", "Add a bigint column, fill it in batches, then make it the key by a unique index."
    ),
    "disallowed-unique-constraint": Remedy(
        "size",
        "create unique index concurrently I on T (…);  -- in a file of its own, then\n"
        "alter table T add constraint C unique using index I;",
    ),
    "changing-column-type": Remedy("size", EXPAND),
    "vacuum-full": Remedy("size", "Use pg_repack, or let autovacuum work: VACUUM without FULL."),
    "prefer-repack": Remedy("size", "Use pg_repack."),
    "refresh-blocks-readers": Remedy(
        "size", "refresh materialized view concurrently V;  -- with a unique index on V"
    ),
    "every-row": Remedy(
        "size", "Change rows in batches of some thousands, outside of a migration."
    ),
    "lock-table": Remedy("size", "Leave it out, or set lock_timeout and keep the file short."),
    "adding-required-field": Remedy(
        "ban",
        "alter table T add column C …;  -- with a default, or without NOT NULL until the "
        "application fills it",
    ),
    "renaming-column": Remedy("ban", EXPAND),
    "renaming-table": Remedy(
        "ban", "alter table A rename to B; create view A as select * from B;  -- in one file"
    ),
    "renaming-object": Remedy("ban", EXPAND),
    "ban-drop-column": Remedy("ban", EXPAND),
    "ban-drop-table": Remedy("ban", EXPAND),
    "ban-drop-database": Remedy("ban", "Nothing that a migration should do."),
    "ban-truncate-cascade": Remedy("ban", "Name every table that is to be emptied."),
    "drop-cascade": Remedy("ban", "Drop what depends on it by name, first."),
    "drop-policy": Remedy(
        "ban",
        "Make the new policy first, in the same file; or `alter policy`, which leaves no gap.",
    ),
    "policy-for-all-rows": Remedy(
        "ban", "using ((select auth.uid()) = user_id)  -- whoever the rows belong to"
    ),
    "row-security-off": Remedy("ban", "Leave it on; give the role that needs it a policy."),
    "trigger-off": Remedy(
        "ban", "Have the trigger's function pass over what should pass, by a setting that it reads."
    ),
    "revoke": Remedy("ban", "Deploy a version that does without it first."),
    "definer-search-path": Remedy("ban", "create function … security definer set search_path = ''"),
    "table-without-row-security": Remedy("ban", "alter table T enable row level security;"),
    "ban-uncommitted-transaction": Remedy("ban", "End what BEGIN began, or leave both out."),
    "transaction-nesting": Remedy("warn", "Leave BEGIN and COMMIT to whoever applies the file."),
    "ban-drop-not-null": Remedy("warn", "The running version may not expect null: deploy first."),
    "ban-char-field": Remedy("style", "text"),
    "ban-create-domain-with-constraint": Remedy("style", "A check constraint on the table."),
    "ban-alter-domain-with-add-constraint": Remedy("warn", "A check constraint on the table."),
    "require-lock-timeout": Remedy("warn", "set lock_timeout = '3s';  -- first in the file"),
    "require-statement-timeout": Remedy("style", "set statement_timeout = '60s';"),
    "require-timeout-settings": Remedy("warn", "set lock_timeout = '3s';  -- first in the file"),
    "prefer-bigint-over-int": Remedy("style", "bigint"),
    "prefer-bigint-over-smallint": Remedy("style", "bigint"),
    "prefer-identity": Remedy("style", "bigint generated always as identity"),
    "prefer-text-field": Remedy("style", "text, with a check of its length"),
    "prefer-timestamp-tz": Remedy("style", "timestamptz"),
    "prefer-robust-stmts": Remedy("style", "if not exists, if exists"),
    "identifier-too-long": Remedy("warn", "63 bytes at most: PostgreSQL cuts the rest off."),
    "no-sql": Remedy("ban", "PostgreSQL will not take this."),
    "allow-without-reason": Remedy("ban", "-- lint: allow RULE because REASON"),
    "allows-nothing": Remedy("warn", "Take the comment away, or correct the rule's name in it."),
}
OTHER = Remedy("warn", "")
"""What a later squawk finds is shown, and stops nobody until its weight is known here."""
