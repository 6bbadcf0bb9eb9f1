"""The Management API as the stand-in supabase calls it, with the token from the environment."""

import os
import re
import sys
from typing import Any

from rehearsal import standin
from rehearsal.supabase import transport
from rehearsal.supabase.line import Line, SupabaseError, compact

TOKEN = re.compile(r"sbp_(oauth_)?[0-9a-f]{40}")
REF = re.compile(r"[a-z]{20}")
NOT_LINKED = "Cannot find project ref. Have you run supabase link?"


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
    return transport.ask(method, path, body=body, headers=headers)


def expect(
    method: str,
    path: str,
    *,
    code: str,
    what: str = "",
    says: str = "",
    body: object = None,
    form: type = object,
) -> Any:  # noqa: ANN401 - any JSON
    """The answer of a call that went well; else the error that the program makes of it."""
    try:
        status, found = call(method, path, body=body)
    except standin.RehearsalError:
        raise transport.unanswered(code, what) from None
    if status // 100 == 2 and not isinstance(found, str):
        if not isinstance(found, form):
            raise transport.unanswered(code, what, "SchemaError(Expected array)")
        return found
    lead = says or f"unexpected {what} status {status}"
    said = found if isinstance(found, str) else compact(found)
    raise SupabaseError(f"{code}UnexpectedStatusError", f"{lead}: {said}")


def target(line: Line) -> str:
    """Find the project that a command is about, name it on stderr, and return its ref."""
    if line.has("linked"):
        deprecated("--linked", "Use --remote")
    ref = _named(line)
    if line.has("project-ref") and line.name != "link":
        deprecated("--project-ref", "Use --remote=<ref>")
    line.target.update({"kind": "linked", "project_ref": ref})
    status, found = call("GET", f"/v1/projects/{ref}")
    if status == 200:
        line.target.update({"project_name": found["name"], "environment": "production"})
    else:
        line.target["environment"] = "unverified"
    other = status != 200 and line.name != "link" and linked(line) not in {"", ref}
    print(f"Target: {line.label}{' (not the linked project)' if other else ''}", file=sys.stderr)
    return ref


def deprecated(flag: str, instead: str) -> None:
    """The notice that 3.1.0 gives of a selector that v4 drops."""
    text = f"Warning: {flag} is deprecated and will be removed in v4. {instead} instead"
    print(text, file=sys.stderr)


def linked(line: Line) -> str:
    """The ref that `link` has written, if any."""
    path = os.path.join(line.folder, "supabase", ".temp", "project-ref")  # noqa: PTH118 - a fast start
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a fast start
            return file.read().strip()
    except OSError:
        return ""


def experimental(line: Line) -> None:
    """Refuse a command that 3.1.0 guards, unless the flag is given."""
    if not line.has("experimental"):
        raise SupabaseError(
            "ExperimentalRequiredError", "must set the --experimental flag to run this command"
        )


def _named(line: Line) -> str:
    remote = line.flags.get("remote", "")
    named = line.flags.get("project-ref") or (remote if remote != "true" else "")
    if not named and not line.has("linked") and remote != "true":
        named = os.environ.get("SUPABASE_PROJECT_ID", "")
    named = named or linked(line)
    if not named:
        raise SupabaseError("ProjectRefNotLinkedError", NOT_LINKED)
    return named if REF.fullmatch(named) else _branch(line, named)


def _branch(line: Line, name: str) -> str:
    parent = linked(line)
    if not parent:
        raise SupabaseError(
            "LinkBranchNotLinkedError",
            f'Cannot resolve "{name}": it is not a project ref (refs are exactly 20 lowercase '
            "letters, like `abcdefghijklmnopqrst`), so it was treated as a branch name — but no "
            "project is linked to search for branches.\n  If it is a branch name, link the parent "
            "project first: supabase link --project-ref <parent-ref>\n  If you meant a project "
            f'ref: refs are exactly 20 lowercase letters ("{name}" has {len(name)}).',
        )
    path = f"/v1/projects/{parent}/branches/{name}"
    found = expect("GET", path, code="BranchesFind", what="find branch")
    return str(found["project_ref"])
