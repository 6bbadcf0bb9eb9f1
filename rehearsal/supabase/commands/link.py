"""Linking a folder to a project."""

import sys
from pathlib import Path
from typing import Any

from rehearsal import standin
from rehearsal.supabase import cloud, transport
from rehearsal.supabase.line import Line, SupabaseError, compact


def link(line: Line) -> None:
    """Link a folder to a project: what other commands need of it is written there."""
    ref = cloud.target(line)
    project = _project(ref)
    # The program reads the keys to learn whether the token may: of a 404 it is told only here.
    says = "Authorization failed for the access token and project ref pair"
    try:
        path = f"/v1/projects/{ref}/api-keys?reveal=true"
        cloud.expect("GET", path, says=says, code="Link")
    except SupabaseError as error:
        raise SupabaseError("LinkAuthTokenError", error.message) from None
    path = f"/v1/projects/{ref}/config/database/pooler"
    pooler = cloud.expect("GET", path, what="pooler", code="Link")
    known = {k: project[k] for k in ("ref", "name", "organization_id", "organization_slug")}
    written = {
        "project-ref": ref,
        "pooler-url": pooler[0]["connection_string"].replace(":[YOUR-PASSWORD]", ""),
        "postgres-version": project.get("database", {}).get("version", ""),
        "linked-project.json": compact(known),
    }
    folder = Path(line.folder, "supabase", ".temp")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    line.answer({"project_ref": ref}, text="Finished supabase link.")


def _project(ref: str) -> dict[str, Any]:
    try:
        status, found = cloud.call("GET", f"/v1/projects/{ref}")
    except standin.RehearsalError:
        raise transport.unanswered("LinkProjectStatus", "retrieve remote project status") from None
    if status == 404:
        return {}
    if status != 200 or not isinstance(found, dict):
        said = found if isinstance(found, str) else compact(found)
        lead = "Unexpected error retrieving remote project status"
        raise SupabaseError("LinkProjectStatusError", f"{lead}: {said}")
    if found["status"] == "INACTIVE":
        place = f"https://supabase.com/dashboard/project/{ref}"
        raise SupabaseError(
            "ProjectPausedError",
            "project is paused",
            suggestion=f"An admin must unpause it from the Supabase dashboard at {place}",
        )
    if found["status"] != "ACTIVE_HEALTHY":
        told = f"WARNING: Project status is {found['status']} instead of Active Healthy."
        print(told, "Some operations might fail.", file=sys.stderr)
    return found
