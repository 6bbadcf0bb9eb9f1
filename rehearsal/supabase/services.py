"""What each project's services are set to, and the Management API that changes it.

What is refused follows the published schemas (a body's additionalProperties) and, for Auth's mail
limits, what others were told by Supabase; see tests/contract/statements/supabase.toml.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from rehearsal.supabase import postgresconfig
from rehearsal.supabase.guard import Guard, answered, said
from rehearsal.supabase.records import Project

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

ANSWERS: dict[str, Any] = json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
ATTRIBUTES: dict[str, Any] = ANSWERS["v2/config"]["data"]["attributes"]
REALTIME: dict[str, Any] = ATTRIBUTES["realtime"]
SECRET = re.compile(r"_(secrets?|pass|token|api_key|access_key)$")
NEEDS_SMTP = ("rate_limit_email_sent", "smtp_sender_name")
STORED = ("fileSizeLimit", "features", "external")
"""What of storage's configuration can be changed."""


class Services:
    """The routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self, guard: Guard) -> list[web.RouteDef]:
        """Read and change, service by service."""
        project = "/v1/projects/{ref}"
        return [
            web.get(f"{project}/config/auth", guard.project(self._auth)),
            web.patch(f"{project}/config/auth", guard.project(self._set_auth)),
            web.get(f"{project}/postgrest", guard.project(self._api)),
            web.patch(f"{project}/postgrest", guard.project(self._set_api)),
            web.get(f"{project}/config/storage", guard.project(self._storage)),
            web.patch(f"{project}/config/storage", guard.project(self._set_storage)),
            web.get(f"{project}/config/realtime", guard.project(self._realtime)),
            web.patch(f"{project}/config/realtime", guard.project(self._set_realtime)),
            web.get(f"{project}/config/database/postgres", guard.project(self._postgres)),
            web.put(f"{project}/config/database/postgres", guard.project(self._set_postgres)),
            web.get("/v2/projects/{ref}/config", guard.project(self._whole)),
        ]

    async def _auth(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(auth(project))

    async def _set_auth(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        known = {key: value for key, value in given.items() if key in ANSWERS["config/auth"]}
        if not (given.get("smtp_host") or auth(project)["smtp_host"]):
            needing = [key.upper() for key in NEEDS_SMTP if known.get(key) is not None]
            if needing:
                return said(401, f"Custom SMTP required to configure {', '.join(needing)}")
        self._keep(project, "auth", {k: _hashed(project, k, v) for k, v in known.items()})
        return answered(auth(project))

    async def _api(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(api(project))

    async def _set_api(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        known = {key: value for key, value in given.items() if key in ANSWERS["postgrest"]}
        self._keep(project, "api", known)
        return answered(api(project))

    async def _storage(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(storage(project))

    async def _set_storage(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        if wrong := unknown(given, STORED) or _half(given.get("features", {})):
            return said(400, wrong)
        if "features" in given:
            given["features"] = {**storage(project)["features"], **given["features"]}
        self._keep(project, "storage", given)
        return web.Response(status=200)

    async def _realtime(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(realtime(project))

    async def _set_realtime(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        nothing = [f"{key}: Expected a value, received null" for key in given if given[key] is None]
        if wrong := unknown(given, REALTIME) or ", ".join(nothing):
            return said(400, wrong)
        self._keep(project, "realtime", given)
        return web.Response(status=204)

    async def _postgres(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered(project.services.get("postgres", {}))

    async def _set_postgres(self, request: web.Request, project: Project) -> web.StreamResponse:
        given = await request.json()
        if wrong := unknown(given, (*postgresconfig.KNOWN, "restart_database")):
            return said(400, wrong)
        given.pop("restart_database", None)
        async with self._world.connection(project) as connection:
            before = project.services.get("postgres", {})
            if wrong := await postgresconfig.put(connection, given, before=before):
                return said(400, wrong)
        project.services["postgres"] = given
        self._world.state.save()
        return answered(given)

    async def _whole(self, _: web.Request, project: Project) -> web.StreamResponse:
        return answered({"data": {**ANSWERS["v2/config"]["data"], **whole(project)}})

    def _keep(self, project: Project, service: str, given: Mapping[str, Any]) -> None:
        project.services[service] = {**project.services.get(service, {}), **given}
        self._world.state.save()


def auth(project: Project) -> dict[str, Any]:
    """Auth's configuration; of secrets what can be compared, and no more."""
    return {**ANSWERS["config/auth"], **project.services.get("auth", {})}


def api(project: Project) -> dict[str, Any]:
    """PostgREST's configuration."""
    return {**ANSWERS["postgrest"], **project.services.get("api", {})}


def storage(project: Project) -> dict[str, Any]:
    """Storage's configuration."""
    return {**ANSWERS["config/storage"], **project.services.get("storage", {})}


def realtime(project: Project) -> dict[str, Any]:
    """Realtime's configuration."""
    return {**REALTIME, **project.services.get("realtime", {})}


def whole(project: Project) -> dict[str, Any]:
    """What /v2/projects/{ref}/config says of the project."""
    changed = project.services
    stored = changed.get("storage", {})
    kept: dict[str, Any] = {**ATTRIBUTES, "realtime": realtime(project)}
    kept["database"] = {**kept["database"], "postgres_settings": changed.get("postgres", {})}
    for name in ("auth", "api"):
        kept[name] = {**kept[name], **changed.get(name, {})}
    plain = {k: v for k, v in _snake(stored).items() if k not in ("features", "external")}
    features = {**kept["storage"]["features"], **_snake(stored.get("features", {}))}
    kept["storage"] = {**kept["storage"], **plain, "features": features}
    return {"id": project.ref, "attributes": kept}


def unknown(given: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """What to say of keys that a body must not have."""
    found = [key for key in given if key not in known]
    return f"Unrecognized key(s) in object: {', '.join(map(repr, found))}" if found else ""


def _half(features: Mapping[str, Mapping[str, Any]]) -> str:
    """Each feature is given whole or not at all."""
    known = ANSWERS["config/storage"]["features"]
    lacking = [
        f"features.{name}.{key}: Required"
        for name, given in features.items()
        for key in known.get(name, {})
        if key not in given
    ]
    return ", ".join(lacking)


def _hashed(project: Project, key: str, value: object) -> object:
    """Secrets are kept and shown as HMAC-SHA256 under the project's ref."""
    if not SECRET.search(key) or not value:
        return value
    return hmac.new(project.ref.encode(), str(value).encode(), hashlib.sha256).hexdigest()


def _snake(found: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(found, dict):
        return found
    return {re.sub("([A-Z])", r"_\1", k).lower(): _snake(v) for k, v in found.items()}
