"""Line 5: what is told of a job is true of it: its times, its tasks, what the dashboard counts."""

from email.utils import parsedate_to_datetime

from smoke.client import Client
from smoke.clocks import FRESH
from smoke.contract import moment
from smoke.evidence import require
from smoke.journeys.crawl import Crawl

TIMES = ("created_at", "started_at", "completed_at")


def test_a_new_jobs_time_is_now(crawl: Crawl) -> None:
    """By the environment's own clock, which its answers' Date tells."""
    told, sent = moment(crawl.job.get("created_at")), crawl.made.headers.get("Date", "")
    off = abs((told - parsedate_to_datetime(sent)).total_seconds()) if told and sent else None
    got = f"created_at {crawl.job.get('created_at')}, answered {sent}"
    require(off is not None and off <= FRESH, crawl.made.where, expected="the same time", got=got)


def test_a_jobs_times_are_in_order(crawl: Crawl) -> None:
    told = [moment(crawl.job.get(name)) for name in TIMES]
    known = [time for time in told if time]
    got = {name: crawl.job.get(name) for name in TIMES}
    require(known == sorted(known), f"job {crawl.id}", expected=" ≤ ".join(TIMES), got=got)


def test_tasks_are_those_of_their_job(crawl: Crawl) -> None:
    others = {str(task.get("job_id")) for task in crawl.tasks} - {crawl.id}
    where = "GET /v1/jobs/{id}/tasks"
    require(not others, where, expected=f"tasks of {crawl.id}", got=sorted(others))


def test_no_page_is_worked_on_twice(crawl: Crawl) -> None:
    paths = [str(task.get("path")) for task in crawl.tasks]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    require(not twice, f"job {crawl.id}", expected="one task for each page", got=twice)


def test_the_dashboard_counts_the_job(crawl: Crawl, client: Client) -> None:
    answer = client.call("GET /v1/dashboard/stats").expect(200)
    counted = {name: answer.at(f"data.{name}") for name in ("total_jobs", "completed_jobs")}
    done = crawl.last.status != "completed" or counted["completed_jobs"] > 0
    wanted = "the job that was made, and its end"
    require(counted["total_jobs"] > 0 and done, answer.where, expected=wanted, got=counted)
