"""What a Supabase project's services are set to, read and written by the Management API."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from staging.clouds.http import Service
from staging.clouds.permission import Permission
from staging.errors import ServiceFailed
from staging.inventory import (
    ADDONS,
    API,
    AUTH,
    COMPUTE,
    POSTGRES,
    REALTIME,
    STORAGE,
    Project,
    Services,
)

LOOK = 30.0  # seconds
CHANGE = 120.0
PATHS = {
    AUTH: "config/auth",
    API: "postgrest",
    STORAGE: "config/storage",
    REALTIME: "config/realtime",
    POSTGRES: "config/database/postgres",
    ADDONS: "billing/addons",
}
MARKS = {
    AUTH: ("site_url", "jwt_exp"),
    API: ("db_schema", "max_rows"),
    STORAGE: ("fileSizeLimit", "features"),
    REALTIME: ("private_only", "max_concurrent_users"),
    ADDONS: ("selected_addons",),
}
"""Keys by which an answer is known: one without any is of another form, and proves nothing."""

INSTANCE = "compute_instance"
"""What the API calls the compute size, which is an add-on to it."""

SECRET = re.compile(r"(^|_)(secret|pass|password|passphrase|token|key|test_otp|credential)s?$")
INNER = "pg-functions://"
"""A hook within the database; the address of any other may carry a key."""


class ServiceSettings:
    """The services of projects; `may_change` refuses those that must not be changed."""

    def __init__(self, api: Service, *, may_change: Permission) -> None:
        self._api = api
        self._may_change = may_change

    def read(self, project: Project) -> Services:
        """All groups, asked for side by side; one that is not ours to see is named as unread."""
        with ThreadPoolExecutor(len(PATHS)) as pool:
            found = pool.map(lambda group: self._get(project, group), PATHS)
            answers = dict(zip(PATHS, found, strict=True))
        unreadable = {group: found for group, found in answers.items() if isinstance(found, str)}
        told = {group: found for group, found in answers.items() if not isinstance(found, str)}
        groups = {group: dict(_visible(found)) for group, found in told.items() if group != ADDONS}
        if ADDONS in told:
            chosen = _chosen(told[ADDONS])
            groups[COMPUTE] = {k: v for k, v in chosen.items() if k == INSTANCE}
            groups[ADDONS] = {k: v for k, v in chosen.items() if k != INSTANCE}
        else:
            unreadable[COMPUTE] = unreadable[ADDONS]
        secrets = {
            key for found in told.values() for key, value in found.items() if _set(key, value)
        }
        return Services(groups=groups, secrets=frozenset(secrets), unreadable=unreadable)

    def apply(self, project: Project, group: str, body: Mapping[str, Any] | None) -> None:
        """Set these of a group's keys; of add-ons, each kind's variant, None to give it up.

        PostgreSQL's are given whole: what is not among them is reset.
        """
        self._may_change.project(project.name, ref=project.ref)
        if body is None:
            return
        if group in {COMPUTE, ADDONS}:
            for kind, variant in body.items():
                self._addon(project, kind, variant)
        else:
            method = "PUT" if group == POSTGRES else "PATCH"
            self._send(method, _path(project, PATHS[group]), body)

    def _addon(self, project: Project, kind: str, variant: str | None) -> None:
        path = _path(project, PATHS[ADDONS])
        if variant:
            self._send("PATCH", path, {"addon_type": kind, "addon_variant": variant})
        elif has := _chosen(self._api.expect("GET", path, timeout=LOOK)).get(kind):
            self._send("DELETE", f"{path}/{has}", None)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> None:
        self._api.expect(method, path, body=body, timeout=CHANGE)

    def _get(self, project: Project, group: str) -> Mapping[str, Any] | str:
        """The answer, or why there is none."""
        asked = _path(project, PATHS[group])
        answer = self._api.call("GET", asked, timeout=LOOK)
        if answer.status in {403, 404}:
            return f"GET {asked} answered {answer.status}"
        if answer.status // 100 != 2:
            problem = f"GET {self._api.url}{asked} answered {answer.status}."
            raise ServiceFailed(problem)  # its text may hold what the answer would have held
        found = answer.body
        if isinstance(found, Mapping) and (group not in MARKS or found.keys() & {*MARKS[group]}):
            return found
        return f"GET {asked} answered in an unknown form"


def _path(project: Project, path: str) -> str:
    return f"/v1/projects/{project.ref}/{path}"


def _visible(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield key, dict(_visible(value))
        elif not _secret(key, value):
            yield key, value


def _secret(key: str, value: object) -> bool:
    outer = key.startswith("hook_") and key.endswith("_uri") and bool(value)
    return bool(SECRET.search(key)) or (outer and not str(value).startswith(INNER))


def _set(key: str, value: object) -> bool:
    return _secret(key, value) and bool(value)


def _chosen(found: Mapping[str, Any]) -> dict[str, str]:
    """The variant of each add-on that is chosen, as far as the answer has the known form."""
    listed = found.get("selected_addons")
    pairs = [
        (each.get("type"), (each.get("variant") or {}).get("id"))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, Mapping)
    ]
    return {str(kind): str(variant) for kind, variant in pairs if kind and variant}
