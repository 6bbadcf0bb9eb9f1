"""The commands of the stand-in supabase, with their flags (True: takes a value)."""

from rehearsal.supabase import hosted
from rehearsal.supabase.line import Commands

_PROJECT = {"project-ref": True}

COMMANDS: Commands = {
    "orgs list": (hosted.orgs_list, {}),
    "projects list": (hosted.projects_list, {}),
    "projects create": (
        hosted.projects_create,
        {"org-id": True, "db-password": True, "region": True, "size": True},
    ),
    "projects api-keys": (hosted.api_keys, {**_PROJECT, "reveal": False}),
    "projects delete": (hosted.projects_delete, _PROJECT),
    "link": (hosted.link, {**_PROJECT, "password": True}),
    "branches list": (hosted.branches_list, _PROJECT),
    "secrets list": (hosted.secrets_list, _PROJECT),
    "backups list": (hosted.backups_list, _PROJECT),
    "network-restrictions get": (hosted.network_restrictions, _PROJECT),
    "ssl-enforcement get": (hosted.ssl_enforcement, _PROJECT),
    "postgres-config get": (hosted.postgres_config, _PROJECT),
}
