"""The drill in which a migration breaks half way."""

import tempfile
from pathlib import Path

from staging.clouds import postgres
from staging.clouds.postgres import rows
from staging.errors import NotSo, StagingError
from staging.operations import judged, migrations
from staging.operations.drills.records import Drill
from staging.operations.drills.scene import Scene
from staging.operations.judged import Ordered

VERSION = "29991231235959"
FAILS = """create table public.staging_drill_half_way (id integer);
select public.staging_drill_no_such_function();
"""
LEFT = "select to_regclass('public.staging_drill_half_way') is not null"


def half_way(scene: Scene) -> None:
    """A source with what is applied already, and one file more, whose second statement fails."""
    before = migrations.applied(scene.clouds)
    scene.journal.will("migration", version=VERSION)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, scene.settings.migrations)
        files.mkdir(parents=True)
        for version in before:
            (files / f"{version}_applied.sql").write_text("select 1;\n")
        (files / f"{VERSION}_half_way.sql").write_text(FAILS)
        scene.begin()
        _deploy(scene, Path(folder))
    scene.figures["seconds until it was told"] = round(scene.traffic.seconds(), 1)
    after = migrations.applied(scene.clouds)
    scene.check("the history is as it was", seen=after == before, told=f"{len(after)} applied")
    with postgres.connect(scene.where, read_only=True) as connection:
        left = bool(rows(connection, LEFT)[0][0])
    told = "its table is there" if left else "its table is not there"
    scene.check("nothing of it is left", seen=not left, told=told)
    now = {(m.id, m.instance) for m in scene.clouds.fly.machines(scene.name)}
    same = now == {(m.id, m.instance) for m in scene.machines}
    scene.check("the application was not deployed", seen=same)
    scene.recovers()
    lost = scene.measured().lost
    scene.check("no request was lost", seen=not lost, told=f"{lost} lost")


def _deploy(scene: Scene, folder: Path) -> None:
    what, order = "the deploy ends with exit 1", Ordered(source=folder, why=f"drill {VERSION}")
    if scene.change is None:
        scene.check(what, seen=None, told="the lock is not held")
        return
    try:
        judged.deploy_under(scene.clouds, order, scene.change)
    except NotSo as error:
        scene.sign()
        named = "half_way" in error.detail
        scene.check(what, seen=True, told=error.problem)
        scene.check("it names the migration", seen=named, told=error.detail[:300])
    except StagingError as error:
        scene.check(what, seen=False, told=f"it went on, to this: {error.problem}")
    else:
        scene.check(what, seen=False, told="it went on")


DRILLS = (
    Drill(
        name="migration-half-way",
        does="deploys a source whose one new migration fails in its second statement",
        expects="exit 1 with the file's name, nothing of it left, the application not deployed",
        happen=half_way,
    ),
)
