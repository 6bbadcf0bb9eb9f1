"""Production, as it is before anybody provisions a mirror of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from rehearsal.configuration import Configuration
from rehearsal.fly.platform import registry
from rehearsal.fly.world import FlyWorld
from rehearsal.supabase.records import Project
from rehearsal.supabase.world import SupabaseWorld

ORGANISATION = "beesorgabcdefghijklm"
ROWS = Path(__file__).with_name("rows.sql")
SENTRY = "https://c0ffee00c0ffee00c0ffee00c0ffee00@o0.ingest.sentry.example/1"
CONFIG: dict[str, Any] = {
    "primary_region": "syd",
    "env": {"APP_ENV": "production", "LOG_LEVEL": "info"},
    "http_service": {
        "internal_port": 8080,
        "force_https": True,
        "auto_stop_machines": False,
        "auto_start_machines": True,
        "min_machines_running": 1,
        "processes": ["app"],
    },
    "metrics": [{"port": 9464, "path": "/metrics"}],
    "vm": [{"memory": "1gb", "cpu_kind": "shared", "cpus": 1}],
}


async def born(supabase: SupabaseWorld, fly: FlyWorld, chosen: Configuration) -> None:
    """Make production; what an interrupted birth left is removed first."""
    state, name = supabase.state, chosen.app
    for left in [p for p in state.projects.values() if p.name == chosen.project]:
        await supabase.delete_project(left)
    if any(app.name == name for app in fly.apps.all()):
        await fly.destroy_app(name)
    password = f"prod-{state.reader_password[::-1]}"
    project = await supabase.create_project(
        chosen.project, org=ORGANISATION, region="ap-southeast-2", size="micro", password=password
    )
    await supabase.usable(project)
    ours = not chosen.command
    await _filled(supabase, project, password, schema=chosen.schema, rows=ours)
    await fly.create_app(name, org="bees")
    await fly.set_secrets(
        name,
        {
            "DATABASE_URL": f"postgresql://postgres:{password}@127.0.0.1:{project.port}/postgres",
            "SUPABASE_AUTH_URL": f"{supabase.base}/{project.ref}",
            "SUPABASE_PUBLISHABLE_KEY": project.keys["publishable"],
            "SENTRY_DSN": SENTRY,
        },
    )
    image = f"{registry.HOST}/{name}:{registry.first(chosen.images)}"
    await fly.deploy(name, config={"app": name, **CONFIG}, image=image)
    host = f"127.0.0.1:{fly.apps.get(name).port}"
    people = {"site_url": f"http://{host}", "uri_allow_list": f"http://{host}/**"}
    project.services["auth"] = people
    state.production = project.ref
    state.save()


async def _filled(
    supabase: SupabaseWorld, project: Project, password: str, *, schema: Path | None, rows: bool
) -> None:
    """The schema by its migrations, each with its row of history; then rows; then the reader."""
    connection = await psycopg.AsyncConnection.connect(
        host="127.0.0.1",
        port=project.port,
        user="postgres",
        password=password,
        dbname="postgres",
        connect_timeout=5,
        options="-c statement_timeout=60s",
    )
    async with connection:
        await connection.execute(HISTORY)
        for file in _files(schema):
            version, _, name = file.stem.partition("_")
            text = file.read_text("utf-8")
            await connection.execute(text.encode())
            await connection.execute(
                "insert into supabase_migrations.schema_migrations values (%s, %s, %s)",
                (version, [text], name),
            )
        if rows and ROWS.exists():
            await connection.execute(ROWS.read_bytes())
    reader = supabase.state.reader_password
    async with supabase.connection(project) as admin:
        await admin.execute(READER.replace("PASSWORD", reader).encode())


HISTORY = """
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text
);
"""
READER = """
create role staging_reader login bypassrls password 'PASSWORD' in role pg_read_all_data;
alter role staging_reader set default_transaction_read_only = on;
"""


def _files(schema: Path | None) -> Sequence[Path]:
    if schema is None:
        return []
    if not schema.exists():
        raise FileNotFoundError(f"[rehearsal] schema: there is no {schema}")
    return [schema] if schema.is_file() else sorted(schema.glob("*.sql"))
