"""Faults of what is kept and of who sees it: each does what its name says."""

from collections.abc import Iterator

import jwt
import pytest

from tests.rehearsal.application_wrong import Having, Probe, becomes, having
from tests.rehearsal.conftest import Application, Issuer, Start

SCHEDULER = {"domain": "wrong.example", "schedule_interval_hours": 6}


def _list_leak(made: Application, issuer: Issuer) -> bool:
    job = made.job(issuer.token(), max_pages=1)["id"]
    return job in {each["id"] for each in made.data("GET", "/v1/jobs", issuer.token())["jobs"]}


def _tenant_writes(made: Application, issuer: Issuer) -> bool:
    owner, stranger = issuer.token(), issuer.token()
    job = made.job(owner, "slow")["id"]
    assert made.ask("GET", f"/v1/jobs/{job}", stranger).status_code == 404
    made.ask("DELETE", f"/v1/jobs/{job}", stranger)
    status = made.data("GET", f"/v1/jobs/{job}", owner)["status"]
    made.ask("DELETE", f"/v1/jobs/{job}", owner)
    return bool(status == "cancelled")


def _tenant_scheduler(made: Application, issuer: Issuer) -> bool:
    mine = _scheduler(made, issuer.token())
    return made.ask("GET", mine, issuer.token()).status_code == 200


def _switch_ignored(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    first = made.data("GET", "/v1/organisations", token)["active_organisation_id"]
    made.data("POST", "/v1/organisations", token, json={"name": "Second"})
    made.data("POST", "/v1/organisations/switch", token, json={"organisation_id": first})
    found = made.data("GET", "/v1/organisations", token)["active_organisation_id"]
    return bool(found != first)


def _revoke_ignored(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    path = f"/v1/jobs/{made.job(token, max_pages=1)['id']}/share-links"
    link = made.data("POST", path, token)["token"]
    assert made.data("DELETE", f"{path}/{link}", token) == {"revoked": True}
    return made.ask("GET", f"/v1/shared/jobs/{link}").status_code == 200


def _scheduler_delete_ignored(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    path = _scheduler(made, token)
    assert made.data("DELETE", path, token)["status"] == "deleted"
    return made.ask("GET", path, token).status_code == 200


def _pause_ignored(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    path = _scheduler(made, token)
    made.data("PUT", path, token, json={"is_enabled": False})
    return bool(made.data("GET", path, token)["is_enabled"])


def _schedule_keeps_running(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    path = _scheduler(made, token)
    assert made.data("PUT", path, token, json={"is_enabled": False})["is_enabled"] is False
    one = path.rpartition("/")[2]
    made.sql(f"update public.schedulers set next_run_at = now() where id = '{one}'")
    return becomes(lambda: made.data("GET", f"{path}/jobs", token)["jobs"], within=2)


def _two_at_once(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    first = made.job(token, "slow")
    second = made.data("POST", "/v1/jobs", token, json={"domain": first["domain"]})
    status = made.data("GET", f"/v1/jobs/{first['id']}", token)["status"]
    for job in (first, second):
        made.ask("DELETE", f"/v1/jobs/{job['id']}", token)
    return bool(status != "cancelled")


def _not_told(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    made.ended(token, made.job(token, max_pages=1)["id"])
    return bool(made.ask("GET", "/v1/notifications", token).json()["total"] == 0)


def _usage_stands_still(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    made.ended(token, made.job(token, max_pages=1)["id"])
    return bool(made.data("GET", "/v1/usage", token)["usage"]["daily_used"] == 0)


def _jobs_shuffled(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    jobs = [made.job(token, max_pages=1)["id"] for _ in range(6)]
    pages = [made.data("GET", f"/v1/jobs?limit=1&offset={n}", token) for n in range(6)]
    return [page["jobs"][0]["id"] for page in pages] != jobs[::-1]


def _tasks_shuffled(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    path = f"/v1/jobs/{made.job(token)['id']}"
    made.ended(token, path.rpartition("/")[2])
    pages = [made.data("GET", f"{path}/tasks?limit=1&offset={n}", token) for n in range(10)]
    return len({page["tasks"][0]["id"] for page in pages}) < 10


def _total_of_all(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    made.ended(token, made.job(token, max_pages=1)["id"])
    failed = made.data("GET", "/v1/jobs?status=failed", token)
    assert failed["jobs"] == []
    return bool(failed["pagination"]["total"] == 1)


def _export_of_everything(made: Application, issuer: Issuer) -> bool:
    token = issuer.token()
    job = made.job(token, find_links=False)["id"]
    made.ended(token, job)
    broken = made.data("GET", f"/v1/jobs/{job}/export?type=broken-links", token)["tasks"]
    return "completed" in {task["status"] for task in broken}


PROBES: dict[str, Probe] = {
    "list-leak": _list_leak,
    "tenant-writes": _tenant_writes,
    "tenant-scheduler": _tenant_scheduler,
    "switch-ignored": _switch_ignored,
    "revoke-ignored": _revoke_ignored,
    "scheduler-delete-ignored": _scheduler_delete_ignored,
    "schedule-keeps-running": _schedule_keeps_running,
    "two-at-once": _two_at_once,
    "not-told": _not_told,
    "usage-stands-still": _usage_stands_still,
    "pause-ignored": _pause_ignored,
    "jobs-shuffled": _jobs_shuffled,
    "tasks-shuffled": _tasks_shuffled,
    "total-of-all": _total_of_all,
    "export-of-everything": _export_of_everything,
}
ALONE = {"pause-ignored", "total-of-all"}
"""Their statements, or what they do, are those of others too."""

GROUPS = [PROBES.keys() - ALONE, ALONE]
PROFILES = {  # what a second change is answered with, read as, and kept as
    "": ("second", "second", "second"),
    "writes-nowhere": ("second", None, None),
    "stale-reads": ("second", "first", "second"),
    "wrong-database": ("second", "second", None),
}


@pytest.fixture(scope="module")
def wrong(start: Start) -> Iterator[Having]:
    with having(start, [frozenset(group) for group in GROUPS]) as found:
        yield found


@pytest.mark.parametrize("fault", PROBES)
def test_a_fault_of_data_does_what_its_name_says(fault: str, wrong: Having, issuer: Issuer) -> None:
    assert PROBES[fault](wrong(fault), issuer)


@pytest.mark.parametrize("fault", PROBES)
def test_a_good_application_has_no_fault_of_data(
    fault: str, application: Application, issuer: Issuer
) -> None:
    assert not PROBES[fault](application, issuer)


@pytest.mark.parametrize("fault", PROFILES)
def test_a_profile_is_changed_or_not(fault: str, start: Start, issuer: Issuer) -> None:
    token, path = issuer.token(), "/v1/auth/profile"
    user = jwt.decode(token, options={"verify_signature": False})["sub"]
    with start(BEE_FAULTS=fault) as made:
        for name in ("first", "second"):
            answered = made.data("PATCH", path, token, json={"first_name": name})
        read = made.data("GET", path, token)
        [(kept,)] = made.sql(f"select first_name from public.users where id = '{user}'")
    told = (answered["user"]["first_name"], read["user"]["first_name"], kept)
    assert told == PROFILES[fault]


def _scheduler(made: Application, token: str) -> str:
    return f"/v1/schedulers/{made.data('POST', '/v1/schedulers', token, json=SCHEDULER)['id']}"
