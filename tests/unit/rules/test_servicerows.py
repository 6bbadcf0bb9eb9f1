from typing import Any

import pytest

from staging.inventory import ADDONS, AUTH, COMPUTE
from staging.rules.resources import Row
from staging.rules.servicerows import body, rows
from staging.rules.services import GROUPS, Compared, Difference


def group(name: str, *differences: Difference, **more: Any) -> Compared:
    wanted = {each.key: each.wanted for each in differences}
    found = {each.key: each.staging for each in differences}
    return Compared(name=name, wanted=wanted, found=found, differences=differences, **more)


def row(compared: Compared) -> Row:
    (found,) = rows([compared], exists=True)
    return found


@pytest.mark.parametrize(("exists", "action"), [(False, "create"), (True, "update")])
def test_what_is_not_told_yet_has_a_row_for_each_group(exists: bool, action: str) -> None:
    found = list(rows(None, exists=exists))
    assert [each.resource for each in found] == list(GROUPS)
    assert {each.action for each in found} == {action}


def test_an_equal_group_has_nothing_to_do() -> None:
    assert row(group(AUTH)).action == "nothing"


def test_a_difference_is_an_update_with_both_values() -> None:
    found = row(group(AUTH, Difference("jwt_exp", 3600, 3600, 60)))
    assert (found.action, found.detail) == ("update", "jwt_exp 60 → 3600")


def test_what_a_person_has_to_do_is_told_and_nothing_is_set() -> None:
    one = Difference("external_github_enabled", True, True, False, "give it an id of its own")
    found = row(group(AUTH, one))
    assert found.action == "nothing"
    assert "external_github_enabled: give it an id of its own" in found.detail


def test_an_add_on_is_a_person_s_to_choose() -> None:
    one = group(ADDONS, Difference("ipv4", "ipv4_default", "ipv4_default", None))
    assert body(one) is None
    assert row(one).action == "nothing"
    assert "ipv4: add it in the dashboard" in row(one).detail


def test_another_compute_size_is_an_update() -> None:
    one = group(COMPUTE, Difference("compute_instance", "ci_small", "ci_small", "ci_micro"))
    assert row(one).detail == "compute_instance ci_micro → ci_small"
    assert body(one) == {"compute_instance": "ci_small"}


def test_what_could_not_be_read_is_said() -> None:
    found = row(group(AUTH, unreadable="staging: GET config/auth answered 403"))
    assert (found.action, found.detail) == (
        "nothing",
        "not read: staging: GET config/auth answered 403",
    )
