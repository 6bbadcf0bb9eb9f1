"""Commands about organisations and projects."""

import json
import sys
from pathlib import Path

from rehearsal.supabase import cloud
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, SupabaseError, compact, one_of, pretty

SIZES = ("micro", "small", "medium", "large", *(f"{n}xlarge" for n in ("", 2, 4, 8, 12, 16)))

# The names that 3.1.0 shows instead of regions, as far as they were observed.
KNOWN_REGIONS = Path(__file__).parents[1] / "regions.json"
REGIONS = {"ap-southeast-2": "Oceania (Sydney)"}


def orgs_list(line: Line) -> None:
    """Print the organisations."""
    what = "list organizations"
    found = cloud.expect("GET", "/v1/organizations", what=what, code="OrgsList", form=list)
    if line.raw:
        print(pretty(found))
        return
    rows = [(each["id"], each["name"]) for each in found]
    line.answer({"organizations": found}, text=grid(("ID", "NAME"), rows))


def projects_list(line: Line) -> None:
    """Print the projects, marking the one that is linked."""
    says = "Unexpected error retrieving projects"
    found = cloud.expect(
        "GET", "/v1/projects", what="list projects", says=says, code="ProjectsList", form=list
    )
    linked = cloud.linked(line)
    if not linked:
        print(cloud.NOT_LINKED, file=sys.stderr)
    shown = [{**each, "linked": each["ref"] == linked} for each in found]
    if line.raw:
        print(pretty(shown))
        return
    rows = [
        (
            "  ●" if each["linked"] else "",
            each["organization_slug"],
            each["ref"],
            each["name"],
            REGIONS.get(each["region"], each["region"]),
            each["created_at"][:19].replace("T", " "),
        )
        for each in shown
    ]
    head = ("LINKED", "ORG ID", "REFERENCE ID", "NAME", "REGION", "CREATED AT (UTC)")
    line.answer({"projects": shown}, text=grid(head, rows))


def projects_create(line: Line) -> None:
    """Create a project; off a terminal everything has to be said by flags."""
    missing = [f"--{f}" for f in ("org-id", "db-password", "region") if not line.flags.get(f)]
    if not line.words:
        missing.insert(0, "project name")
    if missing:
        lead = "non-interactive mode requires the following to be set"
        raise SupabaseError("ProjectsCreateMissingArgError", f"{lead}: {', '.join(missing)}")
    name, organisation = line.words[0], line.flags["org-id"]
    size = line.flags.get("size", "micro")
    one_of("region", line.flags["region"], json.loads(KNOWN_REGIONS.read_text("utf-8")))
    one_of("size", size, SIZES)
    line.consent(f'Create project "{name}" in organization {organisation}')
    body = {
        "name": name,
        "organization_slug": organisation,
        "region": line.flags["region"],
        "db_pass": line.flags["db-password"],
        "desired_instance_size": size,
    }
    says = "Unexpected error creating project"
    found = cloud.expect("POST", "/v1/projects", says=says, code="ProjectsCreate", body=body)
    place = f"https://supabase.com/dashboard/project/{found['ref']}"
    print(f"Created a new project at {place}", file=sys.stderr)
    line.answer(found, message="Created project")


def api_keys(line: Line) -> None:
    """Print a project's keys, the secret one masked without --reveal."""
    ref = cloud.target(line)
    query = "?reveal=true" if line.has("reveal") else ""
    path = f"/v1/projects/{ref}/api-keys{query}"
    found = cloud.expect("GET", path, what="get api keys", code="ProjectsApiKeys", form=list)
    if line.raw:
        print(pretty(found))
        return
    rows = [(each["name"], each["api_key"]) for each in found]
    line.answer({"keys": found}, text=grid(("NAME", "KEY VALUE"), rows))


def projects_delete(line: Line) -> None:
    """Delete a project."""
    if not line.words:
        raise SupabaseError("ProjectsDeleteRefRequiredError", "accepts 1 arg(s), received 0")
    ref = line.words[0]
    line.consent(f"Delete project {ref}")
    status, found = cloud.call("DELETE", f"/v1/projects/{ref}")
    if status == 404:
        raise SupabaseError("ProjectsDeleteNotFoundError", f"Project does not exist:{ref}")
    if status // 100 != 2:
        message = f"Failed to delete project {ref}: {compact(found)}"
        raise SupabaseError("ProjectsDeleteUnexpectedStatusError", message)
    line.answer({"name": found["name"]}, message="Deleted project", text=f"Deleted project: {ref}")
