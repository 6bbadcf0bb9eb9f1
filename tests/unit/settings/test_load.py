import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from staging import settings
from staging.errors import ConfigurationError, StagingError
from staging.settings.checks import schema

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "staging.toml").read_text()


def refused(folder: Path, text: str | bytes) -> StagingError:
    """Why such settings are not taken: for safety if they name production, else as wrong."""
    (folder / "staging.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StagingError) as caught:
        settings.load(folder)
    assert caught.value.exit_code == (5 if "production's own" in caught.value.problem else 4)
    return caught.value


def test_the_shipped_file_is_valid_and_frozen() -> None:
    loaded = settings.load(ROOT)
    assert loaded.staging.app == "blue-banded-bee-staging"
    with pytest.raises(AttributeError):
        loaded.crawl_domain = "x.example"  # type: ignore[misc]


@pytest.mark.parametrize(
    "url", ["https://bees.example", "https://BEES.example", "http://bees.example./"]
)
def test_a_domain_of_productions_is_no_address_of_staging(tmp_path: Path, url: str) -> None:
    text = SHIPPED.replace("domains = []", 'domains = ["Bees.example"]')
    assert text != SHIPPED
    error = refused(tmp_path, text.replace("[staging]\n", f'[staging]\nurl = "{url}"\n', 1))
    assert "staging.url: it is production's own" in error.problem


def test_the_schema_itself_is_valid_and_names_every_key_of_the_shipped_file() -> None:
    Draft202012Validator.check_schema(schema())
    assert tomllib.loads(SHIPPED).keys() <= schema()["properties"].keys()


@pytest.mark.parametrize(
    ("before", "after", "key", "expected"),
    [
        ('region = "syd"', 'region = "sdy"', "staging.region", 'did you mean "syd"'),
        ('region = "syd"', 'regoin = "syd"', "staging.regoin", 'did you mean "region"'),
        ('region = "syd"\n', "", "staging.region", "missing"),
        ('region = "syd"', "region = 3", "staging.region", "Expected one of"),
        ("p50_ms = 250", 'p50_ms = "fast"', "objectives.p50_ms", "Expected a number"),
        ("p50_ms = 250", "p50_ms = nan", "p50_ms", "finite"),
        ("monthly_usd = 70", "monthly_usd = -1", "budget.monthly_usd", "0 or more"),
        ("error_rate = 0.01", "error_rate = 2", "objectives.error_rate", "1 or less"),
        ('app = "blue-banded-bee-staging"', 'app = "blue-banded-bee"', "staging.app", "production"),
        (
            'project = "blue-banded-bee-staging"',
            'project = "Blue-Banded-Bee"',
            "staging.project",
            "production",
        ),
        ('target = "rehearsal"', 'target = "clowd"', "target", 'did you mean "cloud"'),
        (
            'health = "/health"',
            'url = "https://blue-banded-bee.fly.dev"',
            "staging.url",
            "production",
        ),
        ("[smoke]", '[smoke]\nonly = ["GET /helth"]', "smoke.only.0", 'did you mean "GET /health"'),
        ("[smoke]", "[smoke]\nonly = []", "smoke.only", "non-empty"),
        ('{ value = "debug" }', '{ value = "debug", from = "database-url" }', "secrets", "one of"),
    ],
)
def test_what_is_wrong_is_told_by_key_and_expectation(
    tmp_path: Path, before: str, after: str, key: str, expected: str
) -> None:
    assert before in SHIPPED
    error = refused(tmp_path, SHIPPED.replace(before, after, 1))
    assert "staging.toml" in error.problem
    assert key in error.problem
    assert expected in str(error)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"= 3",
        b"a = " + b"[" * 5000,
        b"#" * 10_000_000,
        b"",
        b"target = 1979-05-27",
    ],
    ids=["no UTF-8", "no TOML", "nested", "10 MB", "empty", "a date"],
)
def test_bytes_that_are_no_settings_are_refused(tmp_path: Path, content: bytes) -> None:
    assert "staging.toml" in refused(tmp_path, content).problem


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        settings.load(tmp_path)


def test_the_environment_chooses_target_and_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staging.toml").write_text(SHIPPED)
    monkeypatch.setenv("STAGING_TARGET", "cloud")
    monkeypatch.setenv("FLYCTL", "/opt/flyctl")
    loaded = settings.load(tmp_path)
    assert (loaded.target.name, loaded.target.flyctl) == ("cloud", "/opt/flyctl")
    assert loaded.target.environment == tmp_path / ".env"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{}", "should be non-empty"),
        ('{ needed_by = "the mailer" }', "one of value, environment, from, file, command, gen"),
        ('{ file = "a", command = ["b"] }', "its source is not clear"),
        ("{ command = [] }", "non-empty"),
        ('{ command = "vault read key" }', "Expected a list"),
        ("{ generated = false }", "false will not do"),
        ("{ generated = true, production = true }", "cannot be read from Fly"),
        ('{ fiel = "a" }', 'did you mean "file"'),
    ],
)
def test_a_secrets_source_that_will_not_do_is_told(tmp_path: Path, entry: str, told: str) -> None:
    text = SHIPPED.replace('{ environment = "STAGING_SENTRY_DSN" }', entry)
    assert told in str(refused(tmp_path, text))


@pytest.mark.parametrize(
    ("entry", "origin", "shared"),
    [
        ('{ value = "debug" }', "staging.toml", False),
        ('{ from = "database-url" }', "from database-url", False),
        ('{ environment = "X", needed_by = "mail" }', "environment X", False),
        ('{ file = "k/ey" }', "file k/ey", False),
        ('{ command = ["op", "read"] }', "command op", False),
        ("{ generated = true }", "generated", False),
        ("{ production = true }", "environment SENTRY_DSN", True),
        ('{ production = true, environment = "X" }', "environment X", True),
        ('{ production = true, file = "k" }', "file k", True),
    ],
)
def test_each_source_of_a_secret_is_read(
    tmp_path: Path, entry: str, origin: str, shared: bool
) -> None:
    text = SHIPPED.replace('{ environment = "STAGING_SENTRY_DSN" }', entry)
    (tmp_path / "staging.toml").write_text(text)
    found = next(s for s in settings.load(tmp_path).secrets if s.name == "SENTRY_DSN")
    assert (found.origin, found.production) == (origin, shared)
