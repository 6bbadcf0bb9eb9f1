"""Run by the Python that has migra: which of the changes on stdin it would notice, as JSON.

Each change is made in a transaction that is taken back, as our own catalogs are tried.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

from migra import Migration  # type: ignore[import-not-found]  # noqa: E402
from schemainspect import get_inspector  # type: ignore[import-not-found]  # noqa: E402
from sqlalchemy import create_engine  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    """Look at the database once as it is, then after each change; null where it gave up."""
    asked = json.load(sys.stdin)
    engine = create_engine(asked["url"])
    with engine.connect() as connection:
        before = get_inspector(connection)
    found: list[bool | None] = []
    for change in asked["changes"]:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                connection.exec_driver_sql(change.replace("%", "%%"))
                found.append(noticed(before, get_inspector(connection)))
            except Exception as error:  # noqa: BLE001 - a change that it cannot read is none it finds
                print(f"{change[:60]}: {str(error)[:200]}", file=sys.stderr)
                found.append(None)
            transaction.rollback()
    json.dump(found, sys.stdout)


def noticed(before: object, after: object) -> bool:
    """Whether there is anything to do between both, its own unsafe statements among it."""
    migration = Migration(before, after)
    migration.set_safety(False)
    migration.add_all_changes(privileges=True)
    return bool(migration.statements)


main()
