"""Fuzzing without its generator: what is sent is harmless, and every wrong answer is found."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from smoke.answer import Answer
from smoke.fuzz.examples import Example, Lacking, example, segment, sendable
from smoke.fuzz.harmless import CRAWLING, FEW_PAGES, LABEL, REFUSED, must_be_refused, tamed
from smoke.fuzz.judging import Finding, findings
from smoke.fuzz.oddities import oddities
from smoke.fuzz.report import Run, document, text
from smoke.hidden import Hidden
from staging.rules.endpoints import ENDPOINTS, NOBODY

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "smoke" / "fuzz" / "report.schema.json").read_text())
SITE = "site.example"
JOB = Example(request="GET /v1/jobs/{id}", ids={"id": NOBODY})
NOT_FOUND = {"status": 404, "code": "NOT_FOUND", "message": "Job not found", "request_id": "f-1"}


def answer(status: int, body: object, *, request_id: str = "f-1") -> Answer:
    return Answer(
        where="GET /v1/jobs/{id}",
        status=status,
        headers={"X-Request-Id": request_id},
        text=json.dumps(body),
        body=body,
        seconds=0.1,
    )


def found(given: Answer, *, of: Example = JOB, refused: bool = False) -> list[str]:
    return [each.expected for each in findings(of, given, request_id="f-1", refused=refused)]


def test_what_is_promised_is_no_finding() -> None:
    assert found(answer(404, NOT_FOUND)) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(500, {"message": "no"}), "one of the statuses 200, 400, 401, 404, 429"),
        (answer(418, {**NOT_FOUND, "status": 418}), "one of the statuses 200, 400, 401, 404, 429"),
        (answer(404, {"status": 404}), "the field message, code at $"),
        (answer(404, {**NOT_FOUND, "status": 400}), "status 404 in the body"),
        (
            answer(404, {**NOT_FOUND, "message": "pq: none"}),
            "no word of SQL, hosts, paths or stacks",
        ),
        (answer(404, NOT_FOUND, request_id="x"), "X-Request-Id f-1"),
        (answer(200, {"status": "success", "message": "here"}), "the field data at $"),
    ],
)
def test_what_is_not_is_found(given: Answer, expected: str) -> None:
    assert found(given) == [expected]


@pytest.mark.parametrize("lacks", ["a token", "a good token"])
def test_without_a_token_nothing_but_a_refusal_will_do(lacks: Lacking) -> None:
    bare = Example(request=JOB.request, ids=JOB.ids, lacks=lacks)
    assert found(answer(404, NOT_FOUND), of=bare) == [f"401 without {lacks}"]
    refusal = {**NOT_FOUND, "status": 401, "code": "UNAUTHORISED"}
    assert found(answer(401, refusal), of=bare) == []


def test_a_domain_of_nobody_has_to_be_refused() -> None:
    made = Example(request="POST /v1/domains", raw=b'{"domain": "a.invalid"}')
    good = {"status": "success", "message": "m", "data": {"domain_id": 1, "domain": "a.invalid"}}
    assert found(answer(200, good), of=made) == []
    expected = "a refusal of a domain that is no public site's"
    assert found(answer(200, good), of=made, refused=True) == [expected]


@pytest.mark.parametrize("request_", CRAWLING)
@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("given", ["www.fly.io", "https://fly.io/a", "fly。io", "x@fly.io:80", ""])
def test_no_made_up_domain_is_ever_crawled(request_: str, number: int, given: str) -> None:
    body = tamed(request_, {"domain": given}, number=number, domain=SITE)
    domain = body["domain"]
    assert domain in {SITE, *REFUSED} or domain.endswith(".invalid")
    if domain not in {SITE, *REFUSED}:
        assert not set(domain.removesuffix(".invalid")) & set(".。/@:")
    assert must_be_refused(request_, body, domain=SITE) is (domain != SITE)


@pytest.mark.parametrize("pages", [0, -1, 100_000, 10**20, 1.5e9, 0.0])
def test_few_pages_of_the_site_are_crawled(pages: float) -> None:
    body = {"domain": "x", "max_pages": pages}
    assert tamed("POST /v1/jobs", body, number=0, domain=SITE)["max_pages"] == FEW_PAGES


def test_without_a_site_none_is_crawled() -> None:
    for number in range(9):
        body = tamed("POST /v1/jobs", {"domain": "fly.io"}, number=number, domain=None)
        assert body["domain"] in REFUSED or body["domain"].endswith(".invalid")


def test_names_are_labelled() -> None:
    body = tamed("PATCH /v1/auth/profile", {"full_name": "x", "y": "z"}, number=0, domain=None)
    assert body == {"full_name": f"{LABEL} x", "y": "z"}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_oddity_is_a_request_of_its_endpoint(endpoint: str) -> None:
    for each in oddities(endpoint, domain=SITE):
        assert each.request == endpoint
        assert not each.regular
        assert str(each).startswith(endpoint.split("{", maxsplit=1)[0])
        if endpoint in CRAWLING:
            domain = json.loads(each.raw or b"")["domain"]
            assert domain == SITE or not isinstance(domain, str) or domain.endswith(".invalid")


def test_oddities_are_where_something_can_be_sent() -> None:
    assert list(oddities("GET /v1/plans", domain=None)) == []
    assert len(list(oddities("PUT /v1/schedulers/{id}", domain=None))) > 30


@pytest.mark.parametrize("given", ["a/b", "%2E%2E", "\0", "ü", "a b", "{id}"])
def test_a_segment_stays_one(given: str) -> None:
    assert not set(segment(given)) & set("/ {}\0")


@pytest.mark.parametrize("given", ["", ".", "..", "%2e%2e"])
def test_what_would_ask_another_endpoint_is_not_sent(given: str) -> None:
    made = example("GET /v1/jobs/{id}", ids={"id": given}, query={}, body=None, regular=False)
    assert not made.possible


def test_half_a_character_can_be_sent() -> None:
    assert sendable("\ud800") == "?"
    assert sendable([1, None]) == "[1, null]"


def run_of(*found: Finding, sent: int = 1, missing: tuple[str, ...] = ()) -> Run:
    return Run(
        url="http://127.0.0.1:1",
        seed=1,
        started=datetime.now(UTC),
        seconds=1.5,
        sent={"GET /health": sent} if sent else {},
        statuses={200: sent} if sent else {},
        findings=found,
        missing=missing,
        narrowed={},
    )


def finding(sent: str) -> Finding:
    return Finding(endpoint="GET /x", sent=sent, expected="404", got=f"500 {sent}")


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (run_of(), "pass"),
        (run_of(finding("a")), "fail"),
        (run_of(finding("a"), missing=("no token",)), "fail"),
        (run_of(missing=("no token",)), "invalid"),
        (run_of(sent=0), "invalid"),
    ],
)
def test_the_verdict_needs_evidence(run: Run, verdict: str) -> None:
    written = document(run, hidden=Hidden())
    assert written["verdict"] == verdict
    assert list(Draft202012Validator(SCHEMA).iter_errors(written)) == []


def test_a_fault_is_told_once_by_its_shortest_request_without_a_secret() -> None:
    hidden = Hidden()
    hidden.add("long-secret")
    run = run_of(finding("long-secret and more"), finding("long-secret"))
    lines = list(text(run, hidden=hidden))
    assert lines[0] == "FOUND GET /x: sent ***: expected 404, got 500 *** (2 times)"
    assert len(lines) == 2
    assert "long-secret" not in json.dumps(document(run, hidden=hidden))


def fuzz(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smoke.fuzz", *words],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("words", [["--seed", "x"], ["--examples", "-1"], ["--what"]])
def test_a_wrong_argument_is_a_mistake_of_use(words: list[str]) -> None:
    done = fuzz(*words, STAGING_BASE_URL="http://127.0.0.1:9")
    assert done.returncode == 4
    assert done.stderr.startswith("smoke.fuzz: ")


def test_without_an_address_it_is_a_mistake_of_use() -> None:
    done = fuzz()
    assert (done.returncode, done.stdout) == (4, "")
    assert "STAGING_BASE_URL" in done.stderr


def test_without_its_packages_it_says_what_installs_them(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.py").write_text("raise ModuleNotFoundError(name='schemathesis')")
    (tmp_path / "hypothesis.py").write_text("")
    done = fuzz(STAGING_BASE_URL="http://127.0.0.1:9", PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "nox -s smoke -- --fuzz" in done.stderr
