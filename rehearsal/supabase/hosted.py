"""Commands about organisations and projects."""

import sys
from pathlib import Path

from rehearsal.supabase import cloud
from rehearsal.supabase.line import Line, SupabaseError, compact


def orgs_list(line: Line) -> None:
    """Print the organisations."""
    what = "list organizations"
    found = cloud.expect("GET", "/v1/organizations", what=what, code="OrgsList")
    line.answer({"organizations": found, "message": ""})


def projects_list(line: Line) -> None:
    """Print the projects, marking the one that is linked."""
    found = cloud.expect("GET", "/v1/projects", what="list projects", code="ProjectsList")
    linked = cloud.linked(line)
    if not linked:
        print("Cannot find project ref. Have you run supabase link?", file=sys.stderr)
    shown = [{**each, "linked": each["ref"] == linked} for each in found]
    if "json" in (line.flags.get("o"), line.flags.get("output")):
        print(compact(shown))
        return
    line.answer({"projects": shown, "message": ""})


def projects_create(line: Line) -> None:
    """Create a project; off a terminal everything has to be said by flags."""
    if not line.words:
        raise SupabaseError("ProjectNameRequiredError", "Must provide a project name")
    missing = [f for f in ("org-id", "db-password", "region") if not line.flags.get(f)]
    if missing:
        names = ", ".join(f'"{name}"' for name in missing)
        raise SupabaseError("RequiredFlagError", f"required flag(s) {names} not set")
    name, organisation = line.words[0], line.flags["org-id"]
    if line.flags.get("size") == "nano":
        raise SupabaseError("InvalidSizeError", 'invalid argument "nano" for "--size" flag')
    line.consent(f'Create project "{name}" in organization {organisation}')
    body = {
        "name": name,
        "organization_slug": organisation,
        "region": line.flags["region"],
        "db_pass": line.flags["db-password"],
        "desired_instance_size": line.flags.get("size", "micro"),
    }
    found = cloud.expect(
        "POST", "/v1/projects", what="create project", code="ProjectsCreate", body=body
    )
    place = f"https://supabase.com/dashboard/project/{found['ref']}"
    print(f"Created a new project at {place}", file=sys.stderr)
    line.answer({**found, "message": "Created project"})


def api_keys(line: Line) -> None:
    """Print a project's keys, the secret one masked without --reveal."""
    ref = cloud.ref(line)
    target = cloud.target(line, ref)
    query = "?reveal=true" if line.has("reveal") else ""
    found = cloud.expect(
        "GET", f"/v1/projects/{ref}/api-keys{query}", what="get api keys", code="ProjectsApiKeys"
    )
    line.answer({"keys": found, "message": "", "target": target})


def projects_delete(line: Line) -> None:
    """Delete a project."""
    ref = line.words[0] if line.words else cloud.ref(line)
    line.consent(f"Delete project {ref}")
    status, found = cloud.call("DELETE", f"/v1/projects/{ref}")
    if status == 404:
        raise SupabaseError("ProjectsDeleteNotFoundError", f"Project does not exist:{ref}")
    if status // 100 != 2:
        message = f"Failed to delete project {ref}: {compact(found)}"
        raise SupabaseError("ProjectsDeleteUnexpectedStatusError", message)
    line.answer({"name": found["name"], "message": "Deleted project"})


def link(line: Line) -> None:
    """Link a folder to a project: its ref and its pooler's address are written there."""
    ref = cloud.ref(line)
    target = cloud.target(line, ref)
    if "project_name" not in target:
        message = "Authorization failed for the access token and project ref pair: "
        raise SupabaseError(
            "LinkAuthTokenError", message + compact({"message": "Project not found"}), target=target
        )
    pooler = cloud.expect(
        "GET", f"/v1/projects/{ref}/config/database/pooler", what="pooler", code="Link"
    )
    folder = Path(line.flags.get("workdir", "."), "supabase", ".temp")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project-ref").write_text(ref)
    address = pooler[0]["connection_string"].replace(":[YOUR-PASSWORD]", "")
    (folder / "pooler-url").write_text(address)
    line.answer({"project_ref": ref, "message": "", "target": target})


def backups_list(line: Line) -> None:
    """Print a project's backups."""
    _as_the_api_says(line, "database/backups", code="BackupsList")


def network_restrictions(line: Line) -> None:
    """Print from where a project's database can be reached."""
    _as_the_api_says(line, "network-restrictions", code="NetworkRestrictionsGet")


def ssl_enforcement(line: Line) -> None:
    """Print whether a project's database insists on TLS."""
    _as_the_api_says(line, "ssl-enforcement", code="SslEnforcementGet")


def postgres_config(line: Line) -> None:
    """Print a project's settings of PostgreSQL that differ from the usual."""
    _as_the_api_says(line, "config/database/postgres", code="PostgresConfigGet")


def branches_list(line: Line) -> None:
    """Print a project's branches: there are none here."""
    ref = cloud.ref(line)
    target = cloud.target(line, ref)
    found = cloud.expect("GET", f"/v1/projects/{ref}/branches", what="branches", code="Branches")
    line.answer({"branches": found, "message": "", "target": target})


def secrets_list(line: Line) -> None:
    """Print the digests of a project's secrets for edge functions."""
    ref = cloud.ref(line)
    target = cloud.target(line, ref)
    found = cloud.expect("GET", f"/v1/projects/{ref}/secrets", what="secrets", code="Secrets")
    line.answer({"secrets": found, "message": "", "target": target})


def _as_the_api_says(line: Line, path: str, *, code: str) -> None:
    ref = cloud.ref(line)
    target = cloud.target(line, ref)
    found = cloud.expect("GET", f"/v1/projects/{ref}/{path}", what=path, code=code)
    line.answer({**found, "message": "", "target": target})
