"""A real headless Chromium, where there is one with its ChromeDriver."""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.service import Service

NONE = "no Chromium with its ChromeDriver is here"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 20
"""Seconds that a page may take to load, and a script to run."""

NEEDED = ("HOME", "PATH", "TMPDIR", "LANG", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
"""What a browser gets of our environment: the rest of it holds passwords."""

LOGS = {"browser": "SEVERE", "performance": "ALL"}
ICON = "/favicon.ico"
"""Browsers ask for it by themselves; who has none has no defect."""


OVER = "the run is over: no browser is opened any more"
_over = threading.Event()
_running: dict[str, "Service"] = {}
"""The driver of each browser that is open, by the folder of its profile, which its words name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the browser and its driver are."""

    browser: str
    driver: str


def find() -> Programs | None:
    """Both programs, or None; nothing is downloaded."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    return Programs(browser=browser, driver=driver) if browser and driver else None


@contextmanager
def opened(programs: Programs) -> Iterator["Chrome"]:
    """The browser, which is ended whatever happens."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = programs.browser
    options.set_capability("goog:loggingPrefs", LOGS)
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    profile = tempfile.mkdtemp(prefix="smoke-browser-")
    words = (f"--user-data-dir={profile}", "--headless=new", "--window-size=1280,900")
    for word in (*words, "--disable-dev-shm-usage", *root):
        options.add_argument(word)
    needed = {name: os.environ[name] for name in NEEDED if name in os.environ}
    driver = Service(programs.driver, env=needed)
    _running[profile] = driver
    try:
        if _over.is_set():
            raise RuntimeError(OVER)
        browser = webdriver.Chrome(options=options, service=driver)
        try:
            if _over.is_set():
                raise RuntimeError(OVER)
            browser.set_page_load_timeout(PATIENCE)
            browser.set_script_timeout(PATIENCE)
            yield browser
        finally:
            browser.quit()
    finally:
        del _running[profile]
        shutil.rmtree(profile, ignore_errors=True)


def end_all() -> None:
    """End every browser that still runs: an interrupted run does not wait for those who use it."""
    _over.set()
    for profile, driver in list(_running.items()):
        if (process := getattr(driver, "process", None)) is not None:
            process.kill()
        for words in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if profile.encode() in words.read_bytes():
                    os.kill(int(words.parent.name), signal.SIGKILL)
        shutil.rmtree(profile, ignore_errors=True)


def problems(browser: "Chrome", *, origin: str) -> list[str]:
    """What the page complained of, and what of its own origin could not be loaded."""
    logs: dict[str, list[dict[str, str]]] = {
        name: browser.get_log(name)  # type: ignore[no-untyped-call]
        for name in LOGS
    }
    said = [entry["message"] for entry in logs["browser"]]
    events = [json.loads(entry["message"])["message"] for entry in logs["performance"]]
    failed = failures(events, origin=origin)
    return [line for line in (*said, *failed) if ICON not in line]


def failures(events: list[dict[str, Any]], *, origin: str) -> list[str]:
    """Requests to the origin that got no answer, or one that is an error, as DevTools tells."""
    host, asked, found = urlsplit(origin).netloc, {}, []
    for event in events:
        given = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                asked[given["requestId"]] = str(given["request"]["url"])
            case "Network.responseReceived":
                answer = given["response"]
                if answer["status"] >= 400 and urlsplit(answer["url"]).netloc == host:
                    found.append(f"{answer['status']} {urlsplit(answer['url']).path}")
            case "Network.loadingFailed":
                url = asked.get(given["requestId"], "")
                if urlsplit(url).netloc == host and not given.get("canceled"):
                    found.append(f"{given.get('errorText')} {urlsplit(url).path}")
    return found
