import pytest

from staging.inventory import App, Project
from staging.rules.parity import Verdict, compared, differences, verdict
from staging.rules.resources import Row

APP = App(name="a", url="u", hostname="h", organisation="o", status="deployed", version=1)
PROJECT = Project(
    ref="r", name="n", organisation="o", region="x", status="s", host="h", engine="17"
)
SAME, OTHER = Row("machines", "nothing", ""), Row("database schema", "refused", "2 differ")
USER = Row("smoke user", "create", "")


@pytest.mark.parametrize(
    ("rows", "app", "project", "expected"),
    [
        ([SAME], APP, PROJECT, "pass"),
        ([SAME, USER], APP, PROJECT, "pass"),
        ([SAME, OTHER], APP, PROJECT, "fail"),
        ([SAME, Row("secret A", "update", "")], APP, PROJECT, "fail"),
        ([USER], APP, PROJECT, "invalid"),
        ([SAME], None, PROJECT, "invalid"),
        ([SAME], APP, None, "invalid"),
        ([], APP, PROJECT, "invalid"),
    ],
)
def test_equal_is_what_nothing_would_be_done_about(
    rows: list[Row], app: App | None, project: Project | None, expected: Verdict
) -> None:
    assert verdict(rows, app=app, project=project) == expected


def test_what_differs_is_named() -> None:
    assert differences([SAME, OTHER, USER]) == (OTHER,)
    assert compared([SAME, OTHER, USER]) == (SAME, OTHER)
