"""Which order of a release the four corners leave."""

import pytest

from staging.rules.square import Corner, Order, Square, Verdict, judged

SIDES = (("old", "old"), ("new", "old"), ("new", "new"), ("old", "new"))
VERDICTS: dict[str, Verdict] = {"p": "pass", "f": "fail", "i": "invalid"}


def square(said: str, *, files: tuple[str, ...] = ("1_a.sql",), error: str = "") -> Square:
    """From a letter for each corner: old on old, new on old, new on new, old on new."""
    corners = tuple(
        Corner(application=a, schema=s, verdict=VERDICTS[c], told="" if c == "p" else "status 500")  # type: ignore[arg-type]
        for (a, s), c in zip(SIDES, said, strict=False)
    )
    return judged(Square(old="a:1", new="a:2", files=files, corners=corners, error=error))


@pytest.mark.parametrize(
    ("said", "order", "level"),
    [
        ("pppp", "any", "note"),
        ("pfpp", "migrate first", "note"),
        ("pipp", "migrate first", "note"),
        ("pppf", "deploy first", "unsafe"),
        ("pfpf", "refused", "unsafe"),
        ("ppfp", "refused", "unsafe"),
        ("pffp", "refused", "unsafe"),
        ("pppi", "invalid", "invalid"),
        ("pfpi", "invalid", "invalid"),
        ("ppip", "invalid", "invalid"),
        ("pipf", "invalid", "invalid"),
        ("fppp", "invalid", "invalid"),
        ("f", "invalid", "invalid"),
        ("ppp", "invalid", "invalid"),
        ("", "invalid", "invalid"),
    ],
)
def test_the_corners_decide_the_order(said: str, order: Order, level: str) -> None:
    found = square(said)
    assert (found.order, [reason.level for reason in found.reasons]) == (order, [level])


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (square("pppp"), "any order works"),
        (square("pfpp"), "the new application on the old schema fails (status 500)"),
        (square("pppf"), "Deploy first, then migrate: the new application passes"),
        (square("pfpf"), "no order works. The old application on the new schema fails"),
        (square("ppfp"), "Refused: the new application on the new schema fails"),
        (square("f"), "the old application on the old schema fails (status 500), so that"),
        (square("pi"), "the new application on the old schema cannot be judged"),
        (square("pp", error="A migration failed on staging."), "A migration failed on staging."),
        (square("", files=()), "there is no migration to try"),
    ],
)
def test_the_reason_says_why(found: Square, told: str) -> None:
    assert told in found.reasons[0].told


def test_what_is_not_put_back_is_no_pass() -> None:
    left = Square(
        old="a:1", new="a:2", files=("1_a.sql",), order="any", not_put_back=("schema: no",)
    )
    assert [reason.level for reason in left.reasons] == ["note", "invalid"]
    assert "schema: no" in left.reasons[1].told
