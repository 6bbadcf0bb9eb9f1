"""The part of YAML that workflow files are written in; the rest is refused."""

import pytest

from staging.rules.plainyaml import NotPlain, read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", None),
        ("# nothing\n", None),
        ("a: b", {"a": "b"}),
        ("on:\n  push:\n    branches: [staging, 'feature/**']\n", {
            "on": {"push": {"branches": ["staging", "feature/**"]}}
        }),
        ("on:\n  schedule:\n    - cron: \"1 2 * * *\" # early\n  dispatch:\n", {
            "on": {"schedule": [{"cron": "1 2 * * *"}], "dispatch": None}
        }),
        ("p: {}\nl: []\n", {"p": {}, "l": []}),
        ("s:\n- a\n- b: 1\n  c: 2\n", {"s": ["a", {"b": "1", "c": "2"}]}),
        ("s:\n  -\n    a: 1\n", {"s": [{"a": "1"}]}),
        ("r: |\n  one # kept\n\n    two\nx: y\n", {"r": "one # kept\n\n  two\n", "x": "y"}),
        ("r: >-\n  one\n  two\n", {"r": "one two"}),
        ("u: a/b@0123 # v7\n", {"u": "a/b@0123"}),
        ("r: echo \"$A\" # said\n", {"r": 'echo "$A"'}),
        ("i: ${{ github.sha }}\n", {"i": "${{ github.sha }}"}),
        ("'q': 'it: is'\n", {"q": "it: is"}),
    ],
)  # fmt: skip
def test_what_is_plain_is_read(text: str, told: object) -> None:
    assert read(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "a: &anchor b",
        "a: *anchor",
        "a: !tag b",
        "a: {b: c}",
        "a: [b, [c]]",
        "a: [b,\n  c]",
        "a: |2\n  b",
        "a: 1\na: 2",
        "\ta: b",
        "a:\n    b: 1\n  c: 2",
        "a: b\n  c: d",
        "words that are no mapping",
        'a: "b\\n"',
        "  a: b\nc: d",
    ],
)
def test_what_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        read(text)
