"""Line 3: no path takes a method that it is not said to have."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from smoke.answer import Answer
from smoke.client import Client
from smoke.environment import Environment
from smoke.exchanges import CHECK
from smoke.journeys.doors import SHARE
from staging.rules.endpoints import ENDPOINTS, NOBODY

AT_ONCE = 6
METHODS = ("PATCH", "DELETE", "PUT", "POST")


def _others() -> list[str]:
    """For each path of the API one method that the table does not have."""
    paths = dict.fromkeys(request.split(" ")[1] for request in ENDPOINTS)
    foreign = {path: [m for m in METHODS if f"{m} {path}" not in ENDPOINTS] for path in paths}
    return [f"{foreign[path][0]} {path}" for path in paths if path.startswith("/v1/")]


@pytest.mark.thorough
@pytest.mark.part("errors")
def test_no_path_allows_a_method_that_is_not_its_own(
    client: Client, environment: Environment
) -> None:
    def ask(request: str) -> Answer:
        return client.afresh().call(request, body={}, id=NOBODY, share=SHARE)

    known = {e.split(" ")[1] for e in ENDPOINTS if environment.parts.has(e)}
    wanted = [request for request in _others() if request.split(" ")[1] in known]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=CHECK) as pool:
        for answer in pool.map(ask, wanted):
            answer.refused(405, code="METHOD_NOT_ALLOWED")
