"""Commands that show what the Management API says of a project's settings."""

from rehearsal.supabase import cloud
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, pretty


def backups_list(line: Line) -> None:
    """Print a project's backups."""
    _as_the_api_says(line, "database/backups", code="BackupList", what="list backup")


def network_restrictions(line: Line) -> None:
    """Print from where a project's database can be reached."""
    cloud.experimental(line)
    _as_the_api_says(line, "network-restrictions", code="NetworkRestrictionsGet")


def ssl_enforcement(line: Line) -> None:
    """Print whether a project's database insists on TLS."""
    cloud.experimental(line)
    _as_the_api_says(line, "ssl-enforcement", code="SslEnforcementGet")


def postgres_config(line: Line) -> None:
    """Print a project's settings of PostgreSQL that differ from the usual."""
    cloud.experimental(line)
    _as_the_api_says(line, "config/database/postgres", code="PostgresConfigGet")


def _as_the_api_says(line: Line, path: str, *, code: str, what: str = "") -> None:
    ref = cloud.target(line)
    found = cloud.expect("GET", f"/v1/projects/{ref}/{path}", what=what or path, code=code)
    if line.raw:
        print(pretty(found))
        return
    line.answer(found, text=grid(("NAME", "VALUE"), [(k, str(v)) for k, v in found.items()]))
