"""Pages in a real browser: as axe-core judges them, and as pictures; light, dark, narrow."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoke import browser
from tests.rehearsed.checkout import ROOT

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

AXE = "4.14.1"
"""axe-core's version: a newer one may find more, which is not this change's fault."""

PATIENCE = 90
"""Seconds for axe-core to look at a page with thousands of elements, on a busy computer."""

RUN = "const done = arguments[arguments.length - 1]; axe.run().then(done, e => done(String(e)));"
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true);"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    name: str
    width: int
    scheme: str


LOOKS = (Look("light", 1280, "light"), Look("dark", 1280, "dark"), Look("narrow", 360, "light"))


def axe() -> str:
    """axe-core's script, from npm; a test is skipped where that cannot be had."""
    folder = ROOT / ".nox" / "axe" / AXE
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        if (npm := shutil.which("npm")) is None:
            pytest.skip("npm, which installs axe-core, is not installed")
        options = ("--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder))
        words = [npm, "install", *options, f"axe-core@{AXE}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        if done.returncode:
            pytest.skip(f"axe-core could not be installed: {done.stderr.strip()[-200:]}")
    return script.read_text()


@contextmanager
def opened() -> Iterator["Chrome"]:
    """A browser; a test is skipped where there is none."""
    if (programs := browser.find()) is None:
        pytest.skip(browser.NONE)
    with browser.opened(programs) as found:
        found.set_script_timeout(PATIENCE)
        yield found


def show(chrome: "Chrome", page: Path, look: Look) -> None:
    """Load a page as somebody would see it."""
    metrics = {"width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    media = {"features": [{"name": "prefers-color-scheme", "value": look.scheme}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    chrome.get(page.absolute().as_uri())


def findings(chrome: "Chrome", script: str) -> list[str]:
    """What axe-core finds wrong, and where; what is folded is opened first."""
    chrome.execute_script(UNFOLD)
    chrome.execute_script(script)
    found: Any = chrome.execute_async_script(RUN)
    assert isinstance(found, dict), found
    assert found["passes"], "axe-core looked at nothing"
    return [
        f"{each['id']}: {json.dumps(node['target'])}: {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def overflow(chrome: "Chrome") -> int:
    """By how many pixels the page is wider than the window."""
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;"
    return int(chrome.execute_script(script))


def picture(chrome: "Chrome", file: Path) -> None:
    """What is seen now, as PNG."""
    taken = chrome.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    file.write_bytes(base64.b64decode(taken["data"]))
