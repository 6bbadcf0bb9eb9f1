"""Commands about a project's branches."""

from typing import Any

from rehearsal.supabase import cloud
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, SupabaseError


def listed(line: Line) -> None:
    """Print the branches."""
    path = f"/v1/projects/{cloud.target(line)}/branches"
    found = cloud.expect("GET", path, what="list branch", code="BranchesList")
    rows = [(each["id"], each["name"], each["status"]) for each in found]
    line.answer({"branches": found}, text=grid(("ID", "NAME", "STATUS"), rows))


def create(line: Line) -> None:
    """Make a branch: a project of its own, coming up."""
    if not line.words:
        raise SupabaseError("BranchesBranchNameEmptyError", "branch name cannot be empty")
    ref, name = cloud.target(line), line.words[0]
    line.consent(f"Create preview branch {name}")
    body = {
        "branch_name": name,
        "persistent": line.has("persistent"),
        "with_data": line.has("with-data"),
        "region": line.flags.get("region"),
        "desired_instance_size": line.flags.get("size"),
        "git_branch": line.flags.get("git-branch"),
    }
    found = cloud.expect(
        "POST",
        f"/v1/projects/{ref}/branches",
        what="create branch",
        code="BranchesCreate",
        body={key: value for key, value in body.items() if value},
    )
    told = "Created preview branch"
    line.answer(found, message=told, text=f"{told} {name}")


def get(line: Line) -> None:
    """Print how a branch is reached: its password is among it."""
    found = _found(line)
    detail = cloud.expect(
        "GET", f"/v1/branches/{found['id']}", what="get branch", code="BranchesGet"
    )
    path = f"/v1/projects/{found['project_ref']}/api-keys?reveal=true"
    keys = cloud.expect("GET", path, what="get api keys", code="BranchesGet")
    key = {
        each["name"] if each["type"] == "legacy" else each["type"]: each["api_key"] for each in keys
    }
    where = f"{detail['db_host']}:{detail['db_port']}/postgres"
    url = f"postgresql://{detail['db_user']}:{detail['db_pass']}@{where}?connect_timeout=10"
    shown = {
        "POSTGRES_URL": url,
        "POSTGRES_URL_NON_POOLING": url,
        "SUPABASE_URL": f"https://{found['project_ref']}.rehearsal.localhost",
        "SUPABASE_ANON_KEY": key.get("anon", ""),
        "SUPABASE_SERVICE_ROLE_KEY": key.get("service_role", ""),
        "SUPABASE_PUBLISHABLE_KEY": key.get("publishable", ""),
        "SUPABASE_DEFAULT_KEY": key.get("secret", ""),
        "SUPABASE_JWT_SECRET": detail["jwt_secret"],
    }
    line.answer(shown, text="\n".join(f'{name}="{text}"' for name, text in shown.items()))


def delete(line: Line) -> None:
    """Delete a branch."""
    found = _found(line)
    line.consent(f"Delete preview branch {found['name']}")
    path = f"/v1/branches/{found['id']}"
    cloud.expect("DELETE", path, what="delete branch", code="BranchesDelete")
    line.answer(
        {"project_ref": found["project_ref"]},
        message="Deleted preview branch",
        text=f"Deleted preview branch: {found['name']}",
    )


def _found(line: Line) -> dict[str, Any]:
    if not line.words:
        raise SupabaseError("BranchesBranchNameEmptyError", "branch name cannot be empty")
    path = f"/v1/projects/{cloud.target(line)}/branches/{line.words[0]}"
    found: dict[str, Any] = cloud.expect("GET", path, what="find branch", code="BranchesFind")
    return found
