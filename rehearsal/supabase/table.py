"""The commands of the stand-in supabase: where each is, and its flags (True: takes a value)."""

from rehearsal.supabase.line import Commands

# A flag with an optional value (--remote[=ref]) is written with = or not at all.
_PROJECT = {"project-ref": True, "remote": False, "linked": False}
_DATABASE = {
    "remote": False,
    "linked": False,
    "local": False,
    "db-url": True,
    "password": True,
}
_SIZED = {"region": True, "size": True}

COMMANDS: Commands = {
    "orgs list": ("projects:orgs_list", {}),
    "projects list": ("projects:projects_list", {}),
    "projects create": (
        "projects:projects_create",
        {"org-id": True, "db-password": True, "high-availability": False, **_SIZED},
    ),
    "projects api-keys": ("projects:api_keys", {**_PROJECT, "reveal": False}),
    "projects delete": ("projects:projects_delete", {}),
    "link": ("link:link", {"project-ref": True, "password": True}),
    "branches list": ("branches:listed", _PROJECT),
    "branches create": (
        "branches:create",
        {**_PROJECT, **_SIZED, "persistent": False, "with-data": False, "git-branch": True},
    ),
    "branches get": ("branches:get", _PROJECT),
    "branches delete": ("branches:delete", {**_PROJECT, "force": False}),
    "secrets list": ("secrets:listed", _PROJECT),
    "secrets set": ("secrets:put", {**_PROJECT, "env-file": True}),
    "secrets unset": ("secrets:unset", {**_PROJECT, "all": False, "dry-run": False}),
    "backups list": ("settings:backups_list", _PROJECT),
    "network-restrictions get": ("settings:network_restrictions", _PROJECT),
    "ssl-enforcement get": ("settings:ssl_enforcement", _PROJECT),
    "postgres-config get": ("settings:postgres_config", _PROJECT),
    "config diff": ("configdiff:diff", {**_PROJECT, "exit-code": False}),
    "migration list": ("history:listed", _DATABASE),
    "migration repair": ("history:repair", {**_DATABASE, "status": True}),
    "migration fetch": ("history:fetch", _DATABASE),
    "migration up": ("push:up", {**_DATABASE, "include-all": False}),
    "db push": (
        "push:push",
        {
            **_DATABASE,
            "dry-run": False,
            "include-all": False,
            "include-seed": False,
            "include-roles": False,
        },
    ),
    "db query": ("query:query", {**_DATABASE, "read-only": False, "file": True}),
    "db advisors": (
        "advisors:advisors",
        {**_DATABASE, "type": True, "level": True, "fail-on": True},
    ),
    **{
        f"inspect db {name}": ("inspect:inspect", _DATABASE)
        for name in (
            "bloat",
            "blocking",
            "index-stats",
            "locks",
            "long-running-queries",
            "replication-slots",
            "role-stats",
            "table-stats",
            "vacuum-stats",
            "xid-age",
        )
    },
}
