"""What flyctl and supabase say when they fail, and what our error then says."""

import json

HEALTH = "timeout reached waiting for health checks to pass for machine 3d8d"
CRASH = "smoke checks for 3d8d failed: the app appears to be crashing"
LEASE = "failed to get lease on VM 3d8d: failed_precondition: lease currently held by me@x"
LOGIN = "no access token available. Please login with 'flyctl auth login'"


def coded(code: str, message: str) -> str:
    """An error as supabase prints it on stdout."""
    return json.dumps({"_tag": "Error", "error": {"code": code, "message": message}})


FLYCTL: tuple[tuple[str, int, str, str], ...] = (
    (
        "apps create",
        1,
        "Error: Validation failed: Name has already been taken",
        "taken by somebody",
    ),
    ("apps create", 1, "Error: You must be authenticated to view this.", "does not accept"),
    ("ips allocate-v6", 1, "Error: unauthorized", "does not accept"),
    ("status", 1, f"Error: {LOGIN}", "does not accept"),
    ("status", 4, "Error: unauthorized", "does not accept"),
    ("status --app blue-banded-bee --json", 1, 'Error: Could not find App "x"', "does not exist"),
    ("machine list", 1, "Error: failed to list VMs: app not found", "does not exist"),
    ("secrets import", 1, 'Error: failed to parse: DATABASE_URL="""x', "secrets import"),
    ("deploy", 1, f"Error: {HEALTH}", "health checks fail"),
    ("deploy", 1, "Error: timeout reached waiting for machine's state to change", "state"),
    ("deploy", 1, f"Error: {CRASH}", "exits as soon"),
    ("deploy", 1, "Error: release command failed - aborting deployment.", "release command"),
    ("deploy", 1, f"Error: {LEASE}", "another deploy"),
    ("deploy", 0, 'Error: could not find image "registry.fly.io/x"', "registry"),
    ("deploy", 1, "Error: failed loading app config from F: row 2 column 14", "row 2"),
    ("deploy", 1, "Error: App configuration is not valid", "not valid"),
    ("deploy", 1, "Error: app not found", "does not exist"),
    ("version", 1, "Error: dial tcp: lookup api.fly.io: no such host", "cannot be reached"),
)
SUPABASE: tuple[tuple[str, int, str, str], ...] = (
    ("projects list", 0, coded("InvalidAccessTokenError", "Invalid access token format."), "token"),
    ("projects list", 0, coded("AccessTokenRequiredError", "Access token not provided."), "token"),
    (
        "projects list",
        3,
        coded("UnknownError", 'unexpected list projects status 401: {"message":"Unauthorized"}'),
        "token",
    ),
    (
        "projects list",
        0,
        coded("UnknownError", "Your account does not have the necessary privileges"),
        "may not do this",
    ),
    ("projects list", 0, coded("TransportError", "Transport error"), "cannot be reached"),
    ("projects list", 4, coded("UnknownError", "it is a 500"), "500"),
    ("projects api-keys", 1, coded("ProjectPausedError", "project is paused"), "paused"),
    ("projects api-keys", 3, coded("UnknownError", "status 401: unauthorized"), "token"),
)
