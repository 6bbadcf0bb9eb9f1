"""The application's pages as a person sees them, in a real browser."""

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke import browser as browsers
from smoke.evidence import Evidence, shown
from smoke.journeys.walk import Traveller

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PAGES = {"the sign-in page": "/", "the dashboard": "/dashboard"}
SETTLED = 1.0
"""Seconds for a page to fill itself once it has loaded."""

SIGN_IN = "localStorage.setItem(arguments[0], arguments[1])"
SIGN_OUT = "localStorage.clear()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page: how it looked (PNG), and what went wrong in it."""

    title: str
    path: str
    png: bytes
    problems: tuple[str, ...]


def walk(with_: Traveller) -> list[Picture]:
    """Take a picture of each page; of the dashboard signed in, while a job is at work."""
    from selenium.common.exceptions import WebDriverException

    programs = browsers.find()
    assert programs is not None, browsers.NONE
    try:
        with browsers.opened(programs) as browser:
            return [_taken(browser, with_, title) for title in PAGES]
    except WebDriverException as error:
        raise Evidence("the browser", expected="a picture", got=shown(error.msg or "")) from None


def _taken(browser: "Chrome", with_: Traveller, title: str) -> Picture:
    url, path = with_.environment.url, PAGES[title]
    if path == "/dashboard":
        browser.execute_script(SIGN_IN, *_session(with_))
    browser.get(url + path)
    with_.rest(SETTLED)
    problems = tuple(browsers.problems(browser, origin=url))
    png = browser.get_screenshot_as_png()
    if path == "/dashboard":
        browser.execute_script(SIGN_OUT)
    return Picture(title=title, path=path, png=png, problems=problems)


def _session(with_: Traveller) -> tuple[str, str]:
    """Where supabase-js looks for its session, and one; it is good as long as the token is."""
    user, token = with_.environment.sign_in, with_.client.token
    label = (urlsplit(user.url).hostname or "").partition(".")[0] if user else ""
    session = {
        "access_token": token.reveal() if token else "",
        "refresh_token": "",
        "token_type": "bearer",
        "expires_in": 3600,
        "expires_at": int(time.time()) + 3600,
        "user": {"email": user.email if user else ""},
    }
    return f"sb-{label}-auth-token", json.dumps(session)
