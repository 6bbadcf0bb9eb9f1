"""What flyctl and supabase say when they fail, as our errors: one table, the first row wins."""

import re
from dataclasses import dataclass

from staging.errors import CommandFailed, NameTaken, NotAuthenticated, NotFound


@dataclass(frozen=True, slots=True)
class Complaint:
    """A text that a program prints (a regular expression), and what it means to the reader."""

    text: str
    kind: type[CommandFailed]
    problem: str
    remedy: str


FLY_LOGIN = "Export FLY_API_TOKEN (`flyctl tokens create deploy`), or run `flyctl auth login`."
SUPABASE_LOGIN = "Export SUPABASE_ACCESS_TOKEN: dashboard, Account, Access tokens."

COMPLAINTS = (
    Complaint(
        r"AccessTokenRequiredError|Access token not provided|Invalid access token format|"
        r"InvalidAccessTokenError|status 401|\"_tag\":\"Error\".*\bUnauthorized\b",
        NotAuthenticated,
        "Supabase does not accept the token, or has been given none.",
        SUPABASE_LOGIN,
    ),
    Complaint(
        r"no access token available|must be authenticated to view this|\bunauthorized\b",
        NotAuthenticated,
        "Fly does not accept the token, or has been given none.",
        FLY_LOGIN,
    ),
    Complaint(
        r"Could not find App|app not found|Project does not exist|Project not found",
        NotFound,
        "It does not exist, or the token may not see it.",
        "Check the name in staging.toml and what the token is for.",
    ),
    Complaint(
        r"could not create a fly\.toml from any machines|No machines configured for this app",
        NotFound,
        "The app has no configuration: nothing was ever deployed there.",
        "Run `invoke provision`.",
    ),
    Complaint(
        r"error building: |does not have a Dockerfile or buildpacks",
        CommandFailed,
        "The image could not be built.",
        "The builder's words are above; nothing was deployed.",
    ),
    Complaint(
        r"could not find image|failed to fetch an image",
        NotFound,
        "The registry does not have the image.",
        "Fly prunes images of old releases: deploy one that a machine still runs.",
    ),
    Complaint(
        r"Name has already been taken",
        NameTaken,
        "The app's name is taken by somebody else: Fly's names are shared by everybody.",
        "Choose another [staging] app in staging.toml.",
    ),
    Complaint(
        r"necessary privileges|not authorized to",
        NotAuthenticated,
        "The token may not do this.",
        "Use a token of the organisation that owns the app or project.",
    ),
    Complaint(
        r"maximum limits for the number of active free projects",
        CommandFailed,
        "The organisation's free plan allows no further project.",
        "Move it to the Pro plan, or pause a project.",
    ),
    Complaint(
        r"ProjectPausedError|project is paused",
        CommandFailed,
        "The Supabase project is paused.",
        "Restore it in the dashboard; projects on the Pro plan are not paused.",
    ),
    Complaint(
        r"lease currently held by",
        CommandFailed,
        "Another deploy holds the machine.",
        "Wait until it ends (`flyctl releases`), then run this again.",
    ),
    Complaint(
        r"appears to be crashing",
        CommandFailed,
        "The application exits as soon as it starts.",
        "Read why: `flyctl logs --no-tail`.",
    ),
    Complaint(
        r"timeout reached waiting for health checks",
        CommandFailed,
        "The application starts but its health checks fail.",
        "Read why: `flyctl logs --no-tail`, `flyctl checks list`.",
    ),
    Complaint(
        r"release command failed",
        CommandFailed,
        "The release command failed, so nothing was deployed.",
        "Its output is above; machines still run the release before.",
    ),
    Complaint(
        r"Transport ?error|connection refused|no such host|i/o timeout|ECONNREFUSED",
        CommandFailed,
        "The service cannot be reached.",
        "Check the network and the provider's status page, then run this again.",
    ),
)


def explained(error: CommandFailed) -> CommandFailed:
    """The error with its meaning and remedy, if its text is known; else as it is."""
    for complaint in COMPLAINTS:
        if re.search(complaint.text, error.output, re.IGNORECASE):
            return complaint.kind(
                complaint.problem,
                detail="\n".join(filter(None, (error.problem, error.detail))),
                remedy=complaint.remedy,
                output=error.output,
            )
    return error
