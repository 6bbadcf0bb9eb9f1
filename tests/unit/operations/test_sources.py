"""Where secrets come from: each source read, and each way in which it can be no secret told."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from staging import settings
from staging.clouds.fly import Fly
from staging.clouds.permission import Permission
from staging.clouds.program import Program
from staging.clouds.supabase import Supabase
from staging.errors import StagingError
from staging.operations import generated, secrets, sources
from staging.operations.credentials import Credentials
from staging.operations.opening import Clouds
from staging.secret import Secret
from staging.settings import SecretSource
from staging.settings.environment import Environ

ROOT = Path(__file__).parents[3]
VALUE = "the value, of=all/this"
KNOWN = secrets.Known(database_url=None, project_url=None, publishable_key=None)


def source(**given: object) -> SecretSource:
    plain: dict[str, object] = {"value": None, "environment": None, "known": None}
    return SecretSource(**{"name": "KEY", "optional": False, **plain, **given})  # type: ignore[arg-type]


def clouds(root: Path, *given: SecretSource, **exported: str) -> Clouds:
    loaded = replace(settings.load(ROOT), root=root, secrets=given)
    program = Program("/nowhere", {})
    return Clouds(
        settings=loaded,
        environ=Environ({"PATH": os.environ["PATH"], **exported}, {}, ".env"),
        fly=Fly(program, may_change=Permission()),
        supabase=Supabase(program, token=None, may_change=Permission()),
    )


def write(path: Path, content: str | bytes = VALUE, *, mode: int = 0o600) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


def printing(body: str) -> SecretSource:
    return source(command=(sys.executable, "-c", body))


def refused(made: Clouds, asked: SecretSource) -> StagingError:
    with pytest.raises(StagingError) as caught:
        sources.read(made, asked)
    assert "the secret KEY" in str(caught.value).replace("The", "the")
    return caught.value


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_is_read_without_the_newline_at_its_end(tmp_path: Path, end: str) -> None:
    write(tmp_path / "key", f"one\n{VALUE}{end}")
    found = sources.read(clouds(tmp_path), source(file="key"))
    assert found == Secret(f"one\n{VALUE}")


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (VALUE, 0o644, "chmod 600 key"),
        (VALUE, 0o640, "others than you"),
        ("", 0o600, "It is empty"),
        ("\n", 0o600, "It is empty"),
        ("x" * 60_001, 0o600, "over 60,000 bytes"),
        (b"caf\xe9-secret", 0o600, "Byte 3 is no UTF-8"),
        (b"a\0b", 0o600, "no text"),
    ],
)
def test_a_file_that_can_be_no_secret_is_refused_without_a_word_of_it(
    tmp_path: Path, content: str | bytes, mode: int, told: str
) -> None:
    write(tmp_path / "key", content, mode=mode)
    error = refused(clouds(tmp_path), source(file="key"))
    assert told in str(error)
    assert VALUE not in str(error)
    assert error.exit_code == 4


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    assert "No such file" in str(refused(clouds(tmp_path), source(file="key")))
    assert sources.read(clouds(tmp_path), source(file="key", optional=True)) == ""
    (tmp_path / "folder").mkdir()
    assert "no ordinary file" in str(refused(clouds(tmp_path), source(file="folder")))
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "no ordinary file" in str(refused(clouds(tmp_path), source(file="pipe")))


def test_a_command_prints_the_value_and_is_run_once(tmp_path: Path) -> None:
    made = clouds(tmp_path)
    asked = printing(f"open('ran', 'a').write('x'); print({VALUE!r})")
    assert [sources.read(made, asked), sources.read(made, asked)] == [Secret(VALUE)] * 2
    assert (tmp_path / "ran").read_text() == "x"  # in the folder of staging.toml


def test_a_command_inherits_no_secret(tmp_path: Path) -> None:
    made = clouds(tmp_path, FLY_API_TOKEN="t", OTHER="passed")
    body = "import os; print(os.environ.get('FLY_API_TOKEN'), os.environ['OTHER'])"
    assert sources.read(made, printing(body)) == Secret("None passed")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"print({VALUE!r}); exit(3)", "exited with 3"),
        (f"import sys; print({VALUE!r}); sys.exit('vault: no ' + {VALUE!r})", "vault: no ***"),
        ("pass", "It is empty"),
        ("import sys; sys.stdout.buffer.write(b'caf\\xe9')", "no text"),
        ("print('x' * 60_001)", "over 60,000 bytes"),
    ],
)
def test_a_command_that_fails_is_explained_without_what_it_printed(
    tmp_path: Path, body: str, told: str
) -> None:
    words = (sys.executable, "-c", "exec(open('body.py').read())")
    (tmp_path / "body.py").write_text(body)
    error = refused(clouds(tmp_path), source(command=words))
    assert told in str(error)
    assert VALUE not in str(error)


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    error = refused(clouds(tmp_path), source(command=("./no-such-vault",)))
    assert "Cannot start" in error.detail


def test_a_variable_is_a_secret_and_missing_is_told_with_where_to_put_it(tmp_path: Path) -> None:
    asked = source(environment="MY_KEY")
    assert sources.read(clouds(tmp_path, MY_KEY=VALUE), asked) == Secret(VALUE)
    assert "Export MY_KEY" in refused(clouds(tmp_path), asked).remedy


def test_a_generated_secret_is_made_up_once_kept_and_made_up_again_when_lost(
    tmp_path: Path,
) -> None:
    asked = source(generated=True)
    made = clouds(tmp_path, asked)
    assert secrets.values(made, KNOWN) == {"KEY": None}
    generated.make_up(made)
    first = secrets.values(made, KNOWN)["KEY"]
    assert isinstance(first, Secret)
    assert len(first.reveal()) == 43  # 32 bytes
    generated.make_up(made)
    assert secrets.values(made, KNOWN)["KEY"] == first
    (tmp_path / ".staging" / "credentials.json").unlink()
    generated.make_up(made)
    assert secrets.values(made, KNOWN)["KEY"] not in (None, first)


def test_a_rotation_that_was_cut_short_goes_on_with_its_value(tmp_path: Path) -> None:
    made = clouds(tmp_path, source(generated=True))
    generated.make_up(made)
    kept = Credentials(made.settings, made.environ)
    before = generated.value(kept, "KEY")
    first = generated.renew(kept, "KEY")
    assert generated.renew(kept, "KEY") == first != before
    generated.finished(kept, "KEY")
    assert generated.renew(kept, "KEY") != first
