"""`flyctl deploy DIR`: an image built from a directory is an image like others from then on."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from staging.clouds.fly import Fly as Wrapper
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.errors import CommandFailed, NotFound
from tests.contract import flyworlds
from tests.contract.flyworlds import DEPLOY, IMAGE, Fly

pytestmark = pytest.mark.stand_in("what is built here has the behaviour of a rehearsal's image")
TAG = re.compile(r"registry\.fly\.io/([a-z0-9-]+):(deployment-[0-7][0-9A-HJKMNP-TV-Z]{25})")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A directory with a Dockerfile."""
    folder = tmp_path / "source"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.py").write_text("print('one')\n")
    dockerfile(folder, f"{IMAGE}:deployment-02")
    return folder


def dockerfile(folder: Path, base: str) -> None:
    lines = ["# built in the rehearsal", "FROM --platform=linux/amd64 " + base + " AS made"]
    (folder / "Dockerfile").write_text("\n".join([*lines, "COPY . /app", ""]))


def build(fly: Fly, source: Path, *flags: str) -> "subprocess.CompletedProcess[str]":
    config = str(fly.cwd / "fly.toml")
    words = ("deploy", str(source), "-a", fly.app, "--config", config, "--remote-only")
    return fly.run(*words, *DEPLOY, *flags)


def built(fly: Fly, source: Path) -> str:
    """The name of the image that a build says it made."""
    done = build(fly, source)
    assert done.returncode == 0, done.stderr
    named = TAG.search(done.stderr)
    assert named, done.stderr
    return named[0]


def test_a_directory_is_built_and_runs_as_the_image_below_it(fly: Fly, source: Path) -> None:
    done = build(fly, source)
    assert done.returncode == 0, done.stderr
    found = re.search(rf"^image: {TAG.pattern}\nimage size: \d+ MB$", done.stderr, re.MULTILINE)
    assert found, done.stderr
    assert found[1] == fly.app
    assert "==> Building image" in done.stderr
    assert fly.get().json()["BEE_VERSION"] == "0.4.2"
    assert fly.tags() == [found[2]]


def test_a_built_image_is_shown_wherever_others_are(fly: Fly, source: Path) -> None:
    name = built(fly, source)
    tag = name.rpartition(":")[2]
    (machine,) = fly.machines()
    assert machine["config"]["image"] == name
    ref = machine["image_ref"]
    assert (ref["registry"], ref["repository"], ref["tag"]) == ("registry.fly.io", fly.app, tag)
    assert re.fullmatch("sha256:[0-9a-f]{64}", ref["digest"])
    (shown,) = fly.json("image", "show")
    assert (shown["Repository"], shown["Tag"], shown["Digest"]) == (fly.app, tag, ref["digest"])
    assert fly.json("releases", "--image")[0]["ImageRef"] == name


def test_what_is_in_the_directory_decides_the_image(fly: Fly, source: Path, tmp_path: Path) -> None:
    first = built(fly, source)
    digest = fly.machines()[0]["image_ref"]["digest"]
    (source / ".git").mkdir()
    (source / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    elsewhere = shutil.copytree(source, tmp_path / "elsewhere")
    assert built(fly, elsewhere) == first
    assert fly.machines()[0]["image_ref"]["digest"] == digest
    (source / "src" / "main.py").write_text("print('two')\n")
    second = built(fly, source)
    assert second != first
    (source / "src" / "main.py").rename(source / "main.py")
    assert built(fly, source) not in {first, second}


def test_a_built_image_is_gone_back_to_by_its_tag_and_by_its_digest(fly: Fly, source: Path) -> None:
    name = built(fly, source)
    digest = fly.machines()[0]["image_ref"]["digest"]
    for reference in (name, f"registry.fly.io/{fly.app}@{digest}", f"{name}@{digest}"):
        assert fly.deploy("deployment-01").returncode == 0
        fly.ok("deploy", "-a", fly.app, "-c", "fly.toml", "--image", reference, *DEPLOY)
        assert fly.machines()[0]["image_ref"]["digest"] == digest
        assert fly.get().json()["BEE_VERSION"] == "0.4.2"


def test_a_built_image_is_promoted_to_another_app(fly: Fly, source: Path) -> None:
    name = built(fly, source)
    other = Fly(fly.host, fly.cwd, f"{fly.app}-b")
    other.config(name="other.toml")
    try:
        other.ok("apps", "create", other.app, "--org", other.host.organisation)
        other.ok("deploy", "-a", other.app, "-c", "other.toml", "--image", name, *DEPLOY)
        theirs, ours = (each.machines()[0]["image_ref"] for each in (fly, other))
        assert ours == theirs
        elsewhere = name.replace(f"/{fly.app}:", f"/{other.app}:")
        failed = other.run("deploy", "-a", other.app, "-c", "other.toml", "--image", elsewhere)
        assert f'could not find image "{elsewhere}"' in failed.stderr
    finally:
        other.run("apps", "destroy", other.app, "--yes")


def test_a_relative_configuration_is_looked_up_in_the_directory(fly: Fly, source: Path) -> None:
    words = ("deploy", "source", "-a", fly.app, "-c", "fly.toml", "--remote-only", *DEPLOY)
    assert "fly.toml" in fly.run(*words).stderr
    assert fly.releases() == []
    shutil.copy(fly.cwd / "fly.toml", source)
    fly.ok(*words)
    failed = fly.run("deploy", "absent", *words[2:])
    assert failed.returncode == 1
    assert "failed changing working directory: chdir absent" in failed.stderr


@pytest.mark.parametrize("base", [f"{IMAGE}:absent", "node:22-slim"])
def test_a_base_that_the_registry_lacks_fails_the_build(fly: Fly, source: Path, base: str) -> None:
    dockerfile(source, base)
    failed = build(fly, source)
    assert failed.returncode == 1
    assert f"error building: failed to solve: {base}" in failed.stderr
    assert (fly.releases(), fly.machines()) == ([], [])


def test_a_directory_without_a_dockerfile_is_refused(fly: Fly, source: Path) -> None:
    (source / "Dockerfile").unlink()
    failed = build(fly, source)
    assert failed.returncode == 1
    assert "app does not have a Dockerfile or buildpacks configured" in failed.stderr
    assert fly.releases() == []


def test_a_bad_image_is_built_and_fails_like_any_other(fly: Fly, source: Path) -> None:
    dockerfile(source, f"{IMAGE}:crash")
    failed = build(fly, source)
    assert failed.returncode == 1
    assert "the app appears to be crashing" in failed.stderr
    assert fly.releases() == ["failed"]


@pytest.mark.parametrize("dockerfile_is_there", [True, False])
def test_our_wrapper_tells_a_failed_build_as_one(
    fly: Fly, source: Path, *, dockerfile_is_there: bool
) -> None:
    dockerfile(source, f"{IMAGE}:absent")
    if not dockerfile_is_there:
        (source / "Dockerfile").unlink()
    program = Program(str(fly.host.program), dict(fly.host.environment))
    wrapped = Wrapper(program, may_change=Permission(apps={fly.app}))
    with pytest.raises(CommandFailed, match="The image could not be built") as caught:
        wrapped.deploy(fly.app, config=fly.cwd / "fly.toml", source=source)
    assert not isinstance(caught.value, NotFound)


def test_a_world_that_comes_back_knows_what_was_built_until_it_is_pruned(
    tmp_path: Path, source: Path
) -> None:
    home = tmp_path / "world"
    with flyworlds.host(home) as world:
        fly = Fly(world, tmp_path, "bee-built")
        fly.config()
        fly.ok("apps", "create", fly.app, "--org", "bees")
        name = built(fly, source)
    with flyworlds.host(home) as world:
        fly = Fly(world, tmp_path, "bee-built")
        assert fly.get().json()["FLY_IMAGE_REF"] == name
        assert fly.deploy("deployment-01").returncode == 0
        again = ("deploy", "-a", fly.app, "-c", "fly.toml", "--image", name, *DEPLOY)
        fly.ok(*again)
        assert fly.get().json()["BEE_VERSION"] == "0.4.2"
        with (home / "images.toml").open("a") as images:
            images.write(f"[{name.rpartition(':')[2]}]\npruned = true\n")
        failed = fly.run(*again)
        assert f'could not find image "{name}"' in failed.stderr
        assert fly.get().status_code == 200
