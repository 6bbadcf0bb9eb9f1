"""Workflow files are read as GitHub reads them; what is no such file is an error with its line."""

import pytest

from staging.rules.workflowfile import Unreadable, read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("on: push", {"on": "push"}),
        ("on:\n  push:\n    branches: [main]", {"on": {"push": {"branches": ["main"]}}}),
        ("python: 3.10", {"python": "3.10"}),
        ("kept: false # why", {"kept": "false"}),
        ("permissions: {}", {"permissions": {}}),
        ("on:\n  workflow_dispatch:\n", {"on": {"workflow_dispatch": ""}}),
        ("run: |\n  one\n  two\n", {"run": "one\ntwo\n"}),
        ("run: >-\n  one\n  two\n", {"run": "one two"}),
        ("a: &a {b: c}\nd: *a", {"a": {"b": "c"}, "d": {"b": "c"}}),
    ],
)
def test_scalars_stay_text(text: str, told: object) -> None:
    assert read(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: a stands here twice"),
        ("a:\n\t- b", "line 2: "),
        ("a: [b", "line 1: "),
        ("a: *b", "line 1: found undefined alias 'b'"),
        ("a: 1\n---\nb: 2", "line 2: "),
        ("a: \x00", "#x0000"),
        ("", "it is no mapping"),
        ("words", "it is no mapping"),
    ],
)
def test_what_is_no_workflow_file_is_refused(text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(text)
