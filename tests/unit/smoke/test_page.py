"""The report as a page and as Markdown."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from smoke.answer import Answer
from smoke.exchanges import LONGEST, WHOLE, Exchanges
from smoke.hidden import Hidden
from smoke.page import WIDTH, page, times
from smoke.report import Run
from smoke.summary import markdown
from smoke.verdict import Check, judge

VOID = {"meta", "br", "img", "link"}
HOSTILE = '<script>alert("x")</script>'
SECRET = "p'ss&word<1>"
FAILED = Check(
    line="jobs", name="a job is shared", outcome="failed", seconds=0.5, reason=f"got {HOSTILE}"
)


def answer(status: int, text: str, seconds: float = 0.1) -> Answer:
    return Answer(where="GET /", status=status, headers={}, text=text, body=None, seconds=seconds)


def run(*checks: Check) -> Run:
    return Run(
        url="http://127.0.0.1:1",
        started=datetime(2026, 11, 23, tzinfo=UTC),
        seconds=1.5,
        lines=judge(checks),
        left=[f"job 1 is left behind: {SECRET}"],
    )


def noted(*statuses: int, text: str = "{}", check: str = "jobs: a job is shared") -> Exchanges:
    made = Exchanges(check=check)
    for status in statuses:
        made.note("GET /", "GET /?a=1", caller="nobody", sent=b"sent", answer=answer(status, text))
    return made


class Balanced(HTMLParser):
    """Whether every element is closed, and which there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "src" not in dict(attrs)
        self.names.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing() -> None:
    text = page(run(FAILED), noted(200, 500).all, hidden=Hidden())
    found = Balanced(text)
    assert found.open == []
    assert "svg" in found.names
    assert not found.names & {"script", "link", "img", "iframe"}


def test_what_an_answer_holds_does_not_become_markup() -> None:
    text = page(run(FAILED), noted(500, text=HOSTILE).all, hidden=Hidden())
    assert HOSTILE not in text
    assert text.count("&lt;script&gt;alert") == 3  # the reason, with the check, among all


def test_a_secret_is_masked_before_markup_disguises_it() -> None:
    hidden = Hidden()
    hidden.add(SECRET)
    text = page(run(FAILED), noted(500, text=f"said {SECRET}").all, hidden=hidden)
    assert "word&lt;1&gt;" not in text
    assert "said ***" in text


def test_a_failed_check_shows_what_it_asked() -> None:
    mine, other = noted(404, check="jobs: a job is shared"), noted(404, check="jobs: another")
    text = page(run(FAILED), [*mine.all, *other.all], hidden=Hidden())
    before, _, after = text.partition("<h2>Times</h2>")
    assert before.count("404 GET /?a=1") == 1
    assert after.count("404 GET /?a=1") == 2


def test_bodies_are_cut_and_repeated_successes_lose_theirs() -> None:
    made = noted(*[200] * 5, *[500] * 5, text="x" * 3 * LONGEST)
    assert [len(one.got) for one in made.all] == [LONGEST] * WHOLE + [0] * 2 + [LONGEST] * 5


def test_a_request_without_an_answer_is_kept() -> None:
    made = Exchanges()
    made.note("GET /", "GET /", caller="nobody", sent=None, answer=None)
    assert [(one.status, one.got) for one in made.all] == [(None, "")]
    assert "no answer GET /" in page(run(FAILED), made.all, hidden=Hidden())
    assert times(made.all) == []


def test_the_longest_bar_is_the_slowest_answers() -> None:
    made = Exchanges()
    for request, seconds in (("GET /a", 0.1), ("GET /a", 0.3), ("GET /b", 1.0)):
        made.note(request, request, caller="", sent=None, answer=answer(200, "", seconds))
    slow, quick = times(made.all)
    assert (slow.request, slow.whole) == ("GET /b", WIDTH)
    assert quick.count == 2
    assert (quick.middle, quick.most) == pytest.approx((200, 300))
    assert quick.half == pytest.approx(WIDTH / 5)


def test_the_summary_says_what_failed_and_shows_it_as_it_is() -> None:
    text = markdown(
        run(FAILED, Check(line="cache", name="x", outcome="not run", seconds=0, reason="no domain"))
    )
    assert text.startswith("## Smoke: fail\n")
    assert f"- **failed** jobs: a job is shared: `got {HOSTILE}`" in text
    assert "- not run: no domain" in text
    assert text.count("\n| ") == 7
