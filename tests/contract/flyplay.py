"""The recorded runs of the real flyctl, played again with the stand-in, and what may differ."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
FLYCTL = CHECKOUT / "rehearsal" / "bin" / "flyctl"
STAGING = """\
app = "blue-banded-bee-staging"
primary_region = "syd"
[build]
[env]
APP_ENV = "staging"
LOG_LEVEL = "debug"
[http_service]
internal_port = 8080
force_https = true
auto_stop_machines = false
auto_start_machines = true
min_machines_running = 1
processes = ["app"]
[[vm]]
memory = "1gb"
cpu_kind = "shared"
cpus = 1
"""
CHECKS = """
[[http_service.checks]]
interval = "15s"
timeout = "10s"
grace_period = "5s"
method = "GET"
path = "/health"
"""
FILES = {
    "fly.toml": STAGING.replace("blue-banded-bee-staging", "blue-banded-bee"),
    "fly.staging.toml": STAGING,
    "fly.checked.toml": STAGING + CHECKS,
    "fly.release.toml": STAGING + '[deploy]\nrelease_command = "migrate"\n',
    "fly.unknown.toml": 'nonsense = "x"\n' + STAGING,
    "bad.toml": 'app = "x\nprimary',
}
# What differs from run to run, or between Fly's addresses and ours.
PATTERNS = [
    (r"https://(blue-banded-bee|bee-other)[a-z-]*\.fly\.dev|http://127\.0\.0\.1:\d+", "URL"),
    (r"(blue-banded-bee|bee-other)(-staging)?\.fly\.dev|127\.0\.0\.1:\d+", "HOST"),
    (r"fm2_[0-9a-f]+", "fm2_T"),
    (r"sha256:[0-9a-f]{64}", "sha256:D"),
    (r"Trace ID: [0-9a-f]{32}", "Trace ID: T"),
    (r"img_[0-9a-f]{16}", "img_I"),
    (r"rel_[0-9a-f]{16}", "rel_R"),
    (r"01J[0-9A-F]+", "ULID"),
    (r"\b[0-9a-f]{14}\b", "MACHINE"),
    (r"quiet-bee-\d+", "quiet-bee"),
    (r"fdaa:[0-9a-f:]+", "fdaa"),
    (r"2001:db8:1::[0-9a-f]+ *│", "V6 │"),
    (r"2001:db8:1::[0-9a-f]+", "V6"),
    (r"198\.51\.100\.\d+ *│", "V4 │"),
    (r"198\.51\.100\.\d+", "V4"),
    (r"IP +│", "IP │"),
    (r"Request ID: \d+-\w+", "Request ID: R"),
    (r"20\d\d-\d\d-\d\dT[0-9:.]+Z", "DATE"),
    (r"\bip_\d+", "ip_N"),
    (r"[0-9a-f]{7}\.HOST", "C.HOST"),
    (r'"(timestamp|InternalNumericID)": \d+', r'"\1": N'),
]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of flyctl."""

    name: str
    argv: list[str]
    stdin: str
    exit: int
    stdout: str
    stderr: str


def recorded() -> list[Run]:
    found = json.loads((CHECKOUT / "tests" / "recorded" / "flyctl.json").read_text())["runs"]
    return [Run(**{**each, "argv": each["argv"].split()[1:]}) for each in found]


def flyctl(
    *argv: str,
    environment: Mapping[str, str],
    cwd: Path,
    stdin: str = "",
    program: Path = FLYCTL,
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [program, *argv],
        env=dict(environment),
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def play(environment: Mapping[str, str], cwd: Path) -> Iterator[tuple[Run, Run]]:
    """Yield each recorded run beside ours; the state between two runs is flyctl's own."""
    for name, text in FILES.items():
        (cwd / name).write_text(text)
    for run in recorded():
        given = dict(environment)
        if run.name == "deploy_checked":
            staging = ("apps", "create", "blue-banded-bee-staging", "--org", "bees")
            flyctl(*staging, environment=given, cwd=cwd)
        if "_no_token" in run.name:
            del given["FLY_API_TOKEN"]
        if "_bad_token" in run.name:
            given["FLY_ACCESS_TOKEN"] = "FlyV1 fm2_bad"
        given["FLY_EMIT_RELEASE_JSON"] = "1" if run.name == "deploy" else ""
        done = flyctl(*run.argv, environment=given, cwd=cwd, stdin=run.stdin)
        ours = Run(run.name, run.argv, run.stdin, done.returncode, done.stdout, done.stderr)
        yield run, ours


def comparable(text: str) -> object:
    """Return a text without what differs from run to run; JSON decoded, events by their keys."""
    for pattern, name in PATTERNS:
        text = re.sub(pattern, name, text)
    if not text.startswith(("{", "[")):
        return text
    return _plain(json.loads(text.replace(": N", ": 0")))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        # How often a machine restarted is its own affair; each kind of event has its keys.
        return {k: _events(v) if k == "events" else _plain(v) for k, v in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _events(events: list[dict[str, Any]]) -> list[str]:
    replaced = [e for e in events if e["status"] != "stopped"]
    return sorted({f"{e['type']} {e['status']} {e['source']} {sorted(e)}" for e in replaced})
