"""The Management API as the stand-in supabase calls it, with the token from the environment."""

import os
import re
import sys
from typing import Any

from rehearsal import standin
from rehearsal.supabase.line import Line, SupabaseError, compact

TOKEN = re.compile(r"sbp_(oauth_)?[0-9a-f]{40}")
ANSWERS_WITHIN = 30.0


def call(method: str, path: str, *, body: object = None) -> tuple[int, Any]:
    """One call; the token is looked at first, as the program does."""
    token = os.environ.get("SUPABASE_ACCESS_TOKEN", "")
    if not token:
        raise SupabaseError(
            "AccessTokenRequiredError",
            "Access token not provided. Supply an access token by running `supabase login` or "
            "setting the SUPABASE_ACCESS_TOKEN environment variable.",
        )
    if not TOKEN.fullmatch(token):
        raise SupabaseError(
            "InvalidAccessTokenError",
            "Invalid access token format. Must be like `sbp_0102...1920`.",
        )
    headers = {"Authorization": f"Bearer {token}"}
    return standin.connect().call(method, path, body=body, headers=headers, timeout=ANSWERS_WITHIN)


def expect(method: str, path: str, *, what: str, code: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    """The answer of a call that went well; else the error that the program makes of it."""
    status, found = call(method, path, body=body)
    if status // 100 == 2:
        return found
    message = f"unexpected {what} status {status}: {compact(found)}"
    raise SupabaseError(f"{code}UnexpectedStatusError", message)


def target(line: Line, ref: str) -> dict[str, str]:
    """The project as 3.1.0 names its target, on stderr and in its JSON."""
    if "project-ref" in line.flags and line.command.__name__ != "link":
        warn("--project-ref", "--remote=<ref>")
    if "linked" in line.flags:
        warn("--linked", "--remote")
    status, found = call("GET", f"/v1/projects/{ref}")
    if status != 200:
        print(f"Target: project {ref}", file=sys.stderr)
        return {"kind": "linked", "project_ref": ref, "environment": "unverified"}
    name = found["name"]
    print(f"Target: project {name} ({ref}) · production", file=sys.stderr)
    return {
        "kind": "linked",
        "project_ref": ref,
        "project_name": name,
        "environment": "production",
    }


def warn(flag: str, instead: str) -> None:
    """The notice that 3.1.0 gives of a selector that v4 drops."""
    text = f"Warning: {flag} is deprecated and will be removed in v4. Use {instead} instead"
    print(text, file=sys.stderr)


def ref(line: Line) -> str:
    """The project that a command is about: by flag, environment or link."""
    named = line.flags.get("project-ref") or os.environ.get("SUPABASE_PROJECT_ID", "")
    if not named:
        named = linked(line)
    if not named:
        raise SupabaseError(
            "ProjectRefRequiredError", "Cannot find project ref. Have you run supabase link?"
        )
    return named


def linked(line: Line) -> str:
    """The ref that `link` has written, if any."""
    folder = line.flags.get("workdir", ".")
    path = os.path.join(folder, "supabase", ".temp", "project-ref")  # noqa: PTH118 - a fast start
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a fast start
            return file.read().strip()
    except OSError:
        return ""
