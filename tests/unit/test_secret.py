import pytest

from staging.secret import Secret, redact


@pytest.mark.parametrize("show", [str, repr, "{}".format, lambda s: f"{[s]}"])
def test_a_secret_does_not_show(show: object) -> None:
    assert callable(show)
    assert "hunter2" not in show(Secret("hunter2"))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("it is p@ss/word", "it is ***"),
        ("postgres://u:p%40ss%2Fword@h", "postgres://u:***@h"),
        ("line two: -----KEY two-----", "line two: ***"),
        ("the long one is p@ss/word-and-more", "the long one is ***"),
    ],
)
def test_every_form_of_a_secret_is_masked(said: str, shown: str) -> None:
    secrets = [
        Secret("p@ss/word"),
        Secret("p@ss/word-and-more"),
        Secret("one\n-----KEY two-----\n"),
    ]
    assert redact(said, secrets) == shown


def test_a_short_text_is_left_alone_since_masking_it_garbles_all() -> None:
    assert redact("abc", [Secret("a"), Secret("")]) == "abc"
