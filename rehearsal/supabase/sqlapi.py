"""The Management API's ways into a project's database: passwords, roles for a while, statements."""

from typing import TYPE_CHECKING, Any

import psycopg
from aiohttp import web
from psycopg.rows import dict_row

from rehearsal.supabase.guard import Guard, answered, said
from rehearsal.supabase.records import Project

if TYPE_CHECKING:
    from rehearsal.supabase.world import SupabaseWorld

LIVES = 300


class SqlApi:
    """The routes over a world."""

    def __init__(self, world: "SupabaseWorld") -> None:
        self._world = world

    def routes(self, guard: Guard) -> list[web.RouteDef]:
        """Each works on a project whose database is up."""
        project = "/v1/projects/{ref}"
        return [
            web.patch(f"{project}/database/password", guard.project(self._password)),
            web.post(f"{project}/cli/login-role", guard.project(self._login_role)),
            web.post(f"{project}/database/query", guard.project(self._query)),
        ]

    async def _password(self, request: web.Request, project: Project) -> web.StreamResponse:
        if not project.version:
            return _not_ready()
        given = await request.json()
        await self._world.set_password(project, "postgres", given["password"])
        return answered({"message": "Successfully updated password"})

    async def _login_role(self, request: web.Request, project: Project) -> web.StreamResponse:
        if not project.version:
            return _not_ready()
        given = await request.json() if request.can_read_body else {}
        read_only = bool(given.get("read_only"))
        # Two roles, because what one may do must not be left to the other.
        role = "cli_login_read_only" if read_only else "cli_login_postgres"
        password = await self._world.login_role(project, role, read_only=read_only)
        return answered({"role": role, "password": password, "ttl_seconds": LIVES}, status=201)

    async def _query(self, request: web.Request, project: Project) -> web.StreamResponse:
        if not project.version:
            return _not_ready()
        given = await request.json()
        try:
            rows = await self._rows(project, given["query"], read_only=given.get("read_only"))
        except psycopg.Error as error:
            code = error.diag.sqlstate or ""
            message = error.diag.message_primary or str(error).strip()
            text = f"Failed to run sql query: ERROR:  {code}: {message}\n"
            return said(400, text)
        return answered(rows, status=201)

    async def _rows(
        self, project: Project, statement: str, *, read_only: object
    ) -> list[dict[str, Any]]:
        async with self._world.connection(project) as connection, connection.transaction():
            await connection.execute("set local role postgres")
            if read_only:
                await connection.execute("set transaction read only")
            async with connection.cursor(row_factory=dict_row) as cursor:
                await cursor.execute(statement.encode())
                rows = await cursor.fetchall() if cursor.description else []
        return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    known = isinstance(value, str | int | float | bool | list | dict | None)
    return value if known else str(value)


def _not_ready() -> web.Response:
    return said(400, "Project is not ready")
