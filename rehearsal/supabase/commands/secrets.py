"""Commands about the secrets of a project's edge functions."""

from collections.abc import Sequence
from pathlib import Path

from rehearsal.supabase import cloud
from rehearsal.supabase.grid import grid
from rehearsal.supabase.line import Line, SupabaseError


def listed(line: Line) -> None:
    """Print the secrets' names with the digests of their values."""
    found = cloud.expect("GET", _path(line), what="list secrets", code="SecretsList")
    rows = [(each["name"], each["value"]) for each in found]
    line.answer({"secrets": found}, text=grid(("NAME", "DIGEST"), rows))


def put(line: Line) -> None:
    """Set secrets, from NAME=VALUE words and from a file of such lines."""
    path = _path(line)
    given = _pairs(line.words)
    if "env-file" in line.flags:
        given = {**_pairs(_lines(line)), **given}
    if not given:
        text = "No arguments found. Use --env-file to read from a .env file."
        raise SupabaseError("SecretsNoArgumentsError", text)
    line.consent(f"Set {_counted(given)}")
    body = [{"name": name, "value": value} for name, value in given.items()]
    says = "Unexpected error setting project secrets"
    cloud.expect("POST", path, says=says, code="SecretsSet", body=body)
    _done(line, {"count": len(given)}, "Finished supabase secrets set.")


def unset(line: Line) -> None:
    """Remove secrets by their names."""
    if not line.words:
        raise SupabaseError(
            "SecretsNoArgumentsError",
            "No secret names given. Nothing was unset.",
            suggestion="Pass the names to unset, or --all to unset every secret "
            "(add --dry-run to preview).",
        )
    path = _path(line)
    line.consent(f"Unset {_counted(line.words)}")
    says = "Unexpected error unsetting project secrets"
    cloud.expect("DELETE", path, says=says, code="SecretsUnset", body=list(line.words))
    count = {"count": len(line.words), "names": list(line.words), "dry_run": False}
    _done(line, count, "Finished supabase secrets unset.")


def _path(line: Line) -> str:
    return f"/v1/projects/{cloud.target(line)}/secrets"


def _done(line: Line, found: dict[str, object], told: str) -> None:
    head = {"project_ref": line.target["project_ref"]}
    line.answer({**head, **found}, message=told, text=told)


def _counted(names: Sequence[str] | dict[str, str]) -> str:
    return f"{len(names)} secret{'' if len(names) == 1 else 's'}"


def _lines(line: Line) -> list[str]:
    try:
        text = Path(line.flags["env-file"]).read_text("utf-8")
    except OSError as error:
        raise SupabaseError("SecretsEnvFileError", f"failed to open env file: {error}") from None
    kept = (each.strip().removeprefix("export ") for each in text.splitlines())
    return [each for each in kept if each and not each.startswith("#")]


def _pairs(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise SupabaseError("SecretsInvalidPairError", f"Invalid secret pair: {name}.")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name.strip()] = value[1:-1] if quoted else value
    return found
