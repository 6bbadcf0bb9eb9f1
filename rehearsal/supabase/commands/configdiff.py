"""`config diff`: some settings of a project beside what config.toml declares of them."""

import sys
import tomllib
from pathlib import Path
from typing import Any

from rehearsal.supabase import cloud
from rehearsal.supabase.line import Line, SupabaseError

SCHEMA = "https://supabase.com/schemas/config/v1.json"
SECTIONS = ["api", "auth", "database", "pooler", "realtime", "storage"]
DIFFERENT = 2
# Path in config.toml, its value where that says nothing, and where the project's own is found.
KNOWN: tuple[tuple[str, object, str], ...] = (
    ("auth.additional_redirect_urls", ["https://127.0.0.1:3000"], "auth.uri_allow_list"),
    ("auth.email.enable_confirmations", False, "auth.mailer_autoconfirm"),
    ("auth.email.max_frequency", "1s", "auth.smtp_max_frequency"),
    ("auth.enable_signup", True, "auth.disable_signup"),
    ("auth.jwt_expiry", 3600, "auth.jwt_exp"),
    ("auth.mfa.totp.enroll_enabled", False, "auth.mfa_totp_enroll_enabled"),
    ("auth.mfa.totp.verify_enabled", False, "auth.mfa_totp_verify_enabled"),
    ("auth.minimum_password_length", 6, "auth.password_min_length"),
    ("auth.site_url", "http://127.0.0.1:3000", "auth.site_url"),
    ("auth.sms.enable_confirmations", False, "auth.sms_autoconfirm"),
    ("api.max_rows", 1000, "api.max_rows"),
    ("db.pooler.default_pool_size", 20, "pooler.default_pool_size"),
    ("db.pooler.max_client_conn", 100, "pooler.max_client_conn"),
    ("storage.analytics.enabled", False, "storage.features.iceberg_catalog.enabled"),
    ("storage.analytics.max_namespaces", None, "storage.features.iceberg_catalog.max_namespaces"),
    ("storage.image_transformation.enabled", None, "storage.features.image_transformation.enabled"),
)
TURNED = {
    "auth.email.enable_confirmations",
    "auth.enable_signup",
    "auth.sms.enable_confirmations",
}


def diff(line: Line) -> int:
    """Print what differs; exit 2 with --exit-code when something does."""
    if line.raw:
        raise SupabaseError(
            "ConfigDiffOutputFlagUnsupportedError",
            "the -o/--output flag is not supported by config diff; "
            "use --output-format json|stream-json instead.",
        )
    declared = _declared(line)
    ref = cloud.target(line)
    print(f"Comparing against project {ref} using base config", file=sys.stderr)
    print(f"Comparison scope: {', '.join(SECTIONS)}", file=sys.stderr)
    path = f"/v2/projects/{ref}/config"
    found = cloud.expect("GET", path, what="get config", code="ConfigDiff")
    changes = _changes(declared, found["data"]["attributes"])
    counts = {
        kind: sum(each["class"] == kind for each in changes)
        for kind in ("update", "remote_only", "local_only")
    }
    line.target["local_scope"] = "base"
    told = f"{len(changes)} config difference{'' if len(changes) == 1 else 's'} found."
    line.answer(
        {
            "schema_version": 1,
            "config_schema": SCHEMA,
            "scope": {"present": SECTIONS, "missing": []},
            "changes": changes,
            "masked": [],
            "unmanaged": [],
            "counts": {**counts, "total": len(changes)},
        },
        message=told,
        text="\n".join([*(f"{'.'.join(c['path'])}: {c['class']}" for c in changes), told]),
    )
    return DIFFERENT if changes and line.has("exit-code") else 0


def _declared(line: Line) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(line.folder, "supabase", "config.toml").read_text("utf-8"))
    except FileNotFoundError:
        raise SupabaseError(
            "ConfigDiffLoadConfigError",
            "failed to read supabase/config.toml, config.json or config.jsonc: file not found. "
            "Run `supabase init` to create one.",
        ) from None
    except ValueError as error:
        text = f"failed to read supabase/config.toml: {error}"
        raise SupabaseError("ConfigDiffLoadConfigError", text) from None


def _changes(declared: dict[str, Any], attributes: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for path, default, there in KNOWN:
        said = _at(declared, path)
        local, remote = default if said is None else said, _remote(path, _at(attributes, there))
        if local != remote:
            kind = "remote_only" if said is None else "update"
            change = {"path": path.split("."), "class": kind, "declared": said is not None}
            found.append({**change, "local": local, "remote": remote})
    return found


def _remote(path: str, value: object) -> object:
    """The project's value as config.toml would write it."""
    if path in TURNED:
        return not value
    if path == "auth.additional_redirect_urls":
        return [each for each in str(value or "").split(",") if each]
    if path == "auth.email.max_frequency":
        minutes, seconds = divmod(int(str(value or 0)), 60)
        return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"
    return value


def _at(tree: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - any value of TOML or JSON
    found: Any = tree
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
